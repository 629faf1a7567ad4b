/** What tells heads that look far back from those that may stream: RazorAttention's two scores, a prior, trained gates. */
import type { DuoHeader, DuoStep } from '../../engine/results/duo.ts';
import type { RunRow } from '../../engine/results/runs.ts';
import type { StreamingGroup, StreamingHeader } from '../../engine/results/streamingHeads.ts';
import type { Column } from './column.ts';
import { emptyColumn, writeColumn } from './column.ts';
import type { HeadMeasure } from './headMeasure.ts';
import { columnOfHeads } from './columnOfHeads.ts';
import type { UnitSizes } from './unitNumber.ts';

type Said = Pick<
  HeadMeasure,
  'title' | 'short' | 'kind' | 'about' | 'formula' | 'source' | 'rule' | 'dataset' | 'n' | 'samples'
>;

interface RazorScore extends Pick<Said, 'title' | 'short' | 'about' | 'formula'> {
  readonly id: string;
  readonly of: 'echo' | 'induction';
}

/** `razorInduction`, not `induction`: that is the head's own score (S4), by which heads are protected and tours go. */
const razorScores: readonly RazorScore[] = [
  {
    ...{ id: 'razorEcho', of: 'echo', title: 'Echo (RazorAttention)', short: 'Razor echo' },
    about: 'attention of a token that came before to its earlier places, of the query head with most',
    formula: 'max over the group’s heads of mean over q of sum over k < q with x[k] = x[q] of A[q, k]',
  },
  {
    ...{ id: 'razorInduction', of: 'induction', title: 'Induction (RazorAttention)', short: 'Razor induction' },
    about: 'attention of a token that came before to what followed it, of the query head with most',
    formula: 'max over the group’s heads of mean over q of sum over k < q − 1 with x[k] = x[q] of A[q, k + 1]',
  },
];

/** Of KV groups; of heads where each has keys and values of its own. */
export function streamingMeasures(run: string, rows: readonly RunRow[]): readonly HeadMeasure[] {
  const events = rows.flatMap((row) => (row.call === 'streamingHeads' ? [row.event] : []));
  // A run that went on says a second time what it is.
  const start = events.find((event) => event.kind === 'start');
  if (start?.kind !== 'start') return [];
  const { header } = start;
  const groups = events.flatMap((event) => (event.kind === 'group' ? [event] : []));
  const scores = razorScores.map((score) => razorMeasure(run, header, groups, score));
  if (header.priorLength === null) return scores;
  return [...scores, priorMeasure(run, header, groups, header.priorLength)];
}

function razorMeasure(
  run: string,
  header: StreamingHeader,
  groups: readonly StreamingGroup[],
  { id, of, ...words }: RazorScore,
): HeadMeasure {
  const said: Said = {
    ...words,
    ...{ kind: 'behaviour', rule: 'Z1', n: header.n, samples: 'sequences' },
    source: 'RazorAttention, Tang et al. 2024, arXiv 2407.15891, and its code; no numbered equation',
    dataset: `random tokens that come four times, ${header.length} each`,
  };
  return measureOf(run, id, header.shape, said, columnOf(header, groups, of));
}

function priorMeasure(
  run: string,
  header: StreamingHeader,
  groups: readonly StreamingGroup[],
  length: number,
): HeadMeasure {
  const said: Said = {
    ...{ title: 'Prior of positions (kvpress)', short: 'Position prior', kind: 'prior', rule: 'Z2', samples: '' },
    about: `how old the keys are that the mean query attends to, over ${length} positions: 1 all on the oldest`,
    formula: 'a = sum over j of A[T − 1, j] (T − j) / T, q and k the means over texts; mean of the group’s heads',
    source: 'kvpress, duo_attention_on_the_fly; after DuoAttention, Xiao et al. 2024, arXiv 2410.10819',
    dataset: 'mean query and key of texts',
    n: 1,
  };
  return measureOf(run, 'positionPrior', header.shape, said, columnOf(header, groups, 'prior'));
}

function columnOf(
  { shape }: StreamingHeader,
  groups: readonly StreamingGroup[],
  of: 'echo' | 'induction' | 'prior',
): Column {
  const column = emptyColumn(shape.layers * shape.kvHeads);
  for (const group of groups) {
    const at = group.layer * shape.kvHeads + group.kvGroup;
    if (of !== 'prior') writeColumn(column, at, group[of]);
    else if (group.prior !== null) column.mean[at] = group.prior;
  }
  return column;
}

/** The gates after the last step that came. */
export function gateMeasures(run: string, rows: readonly RunRow[]): readonly HeadMeasure[] {
  const events = rows.flatMap((row) => (row.call === 'duo' ? [row.event] : []));
  const start = events.find((event) => event.kind === 'start');
  if (start?.kind !== 'start') return [];
  const last = events.findLast((event) => event.kind === 'step');
  return [gateMeasure(run, start.header, last?.kind === 'step' ? last : null)];
}

function gateMeasure(run: string, { shape, settings }: DuoHeader, last: DuoStep | null): HeadMeasure {
  const { steps, sink, recent, lengths } = settings;
  const column = emptyColumn(shape.layers * shape.kvHeads);
  if (last !== null) column.mean.set(last.gates);
  const said: Said = {
    ...{ title: 'DuoAttention gate', short: 'Duo gate', kind: 'gate', rule: 'G1', samples: '', n: 1 },
    about: `share of full attention that ${steps} steps left the KV head beside ${sink} sinks and the last ${recent} tokens: 1 full, 0 streaming`,
    formula: 'z = a z_full + (1 − a) z_streaming; a trained on mean (h_full − h_gated)² + λ mean |a|',
    source:
      'DuoAttention, Xiao et al. 2024, arXiv 2410.10819, and its code (loss and schedule in engine/train/duo/SPEC.md)',
    dataset: `passkeys in texts of ${lengths.from} to ${lengths.to} tokens`,
  };
  return measureOf(run, 'gate', shape, said, column);
}

/** All of them are shares of KV heads. */
function measureOf(run: string, id: string, shape: UnitSizes, said: Said, column: Column): HeadMeasure {
  const of = shape.kvHeads < shape.heads ? 'kv-group' : 'head';
  return {
    ...columnOfHeads(column, { unit: of, perLayer: shape.kvHeads }, { shape }),
    ...said,
    ...{ id: `${run}/${id}`, run, call: 'scores', family: 'streaming', unit: '', range: [0, 1] },
    ...{ signed: false, direction: null, of, uniform: null, layers: shape.layers, heads: shape.heads },
  };
}
