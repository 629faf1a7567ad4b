/** What each panel shows, as records. */
import type { Summary } from '../../../engine/results/records.ts';
import type { CsvCell } from '../../parts/csv.ts';
import type { CircuitView } from './circuitRows.ts';
import { rankedMethods } from './circuitRows.ts';
import type { JudgedCurve } from './circuitsSettings.ts';
import type { AreaOf } from './faithfulLines.ts';
import type { Judgement, SeedMean } from './judgements.ts';
import type { MethodLook } from './methodLooks.ts';
import type { NodeRow } from './nodeRows.ts';
import type { Records } from './recordTable.tsx';

export function curveRecords(judgements: readonly Judgement[], curve: JudgedCurve): Records {
  const head = curve === 'roc' ? ['false_positive_rate', 'true_positive_rate'] : ['recall', 'precision'];
  const rows = judgements.flatMap(({ method, rows: seeds }) =>
    seeds.flatMap((row) => row[curve].map((point): readonly CsvCell[] => [method, row.seed, ...point])),
  );
  return { head: ['method', 'seed', ...head], rows };
}

export function faithfulRecords({ faithful }: Pick<CircuitView, 'faithful'>): Records {
  return {
    head: [
      ...['method', 'draw', 'order', 'k', 'share'],
      ...['faithfulness', 'metric', 'kl_nats'].flatMap((name) => [name, `${name}_low_95`, `${name}_high_95`]),
      'n',
    ],
    rows: faithful.map(({ method, draw, order, k, share, faithfulness, metric, kl }) => [
      ...[method, draw, order, k, share, ...ends(faithfulness), ...ends(metric), ...ends(kl), metric.n],
    ]),
  };
}

function ends(summary: Summary | null): readonly (number | null)[] {
  return summary === null ? [null, null, null] : [summary.mean, ...summary.interval];
}

export interface MethodRow {
  readonly look: MethodLook;
  readonly judgement: Judgement | null;
  readonly area: AreaOf;
  /** Of the mean over seeds, or the only ranking. */
  readonly seconds: number;
  readonly passes: { readonly forward: number; readonly backward: number };
}

export function methodRecords(rows: readonly MethodRow[]): Records {
  const measured = ['auc', 'auc_pessimistic', 'average_precision', 'best_f1'];
  const areas = ['cpr', 'cmd'];
  return {
    head: [
      ...['method', 'role', 'seeds', ...measured.flatMap((name) => [name, `${name}_low_95`, `${name}_high_95`])],
      ...areas,
      ...['seconds', 'forward_passes', 'backward_passes'],
      ...['auc', 'auc_pessimistic', 'average_precision'].flatMap((name) => bounds(`${name}_over_nodes`)),
      ...areas.flatMap((name) => bounds(name)),
    ],
    rows: rows.map(({ look, judgement, area, seconds, passes }) => [
      ...[look.id, look.role, judgement?.auc.n ?? null],
      ...[judgement?.auc, judgement?.pessimistic, judgement?.averagePrecision, judgement?.f1].flatMap(seedEnds),
      ...[area.cpr, area.cmd, seconds, passes.forward, passes.backward],
      ...[judgement?.auc, judgement?.pessimistic, judgement?.averagePrecision].flatMap((mean) => both(mean?.overNodes)),
      ...[...both(area.intervals?.cpr), ...both(area.intervals?.cmd)],
    ]),
  };
}

function bounds(name: string): readonly string[] {
  return [`${name}_low_95`, `${name}_high_95`];
}

function both(interval: readonly [number, number] | null | undefined): readonly (number | null)[] {
  return interval ?? [null, null];
}

function seedEnds(mean: SeedMean | undefined): readonly (number | null)[] {
  return mean === undefined ? [null, null, null] : [mean.mean, mean.interval?.[0] ?? null, mean.interval?.[1] ?? null];
}

export function nodeRecords(rows: readonly NodeRow[], view: CircuitView): Records {
  const methods = rankedMethods(view);
  return {
    head: ['node', 'score', 'signed', 'z', ...methods.map((id) => `rank_${id}`), 'references'],
    rows: rows.map(({ node, score, signed, z, ranks, references }) => [
      ...[node, score, signed, z, ...methods.map((id) => ranks[id] ?? null), references.join(' ')],
    ]),
  };
}

export function agreementRecords({ agreement }: Pick<CircuitView, 'agreement'>): Records {
  return {
    head: ['a', 'b', 'spearman', 'jaccard_best_tenth'],
    rows: agreement.map(({ a, b, spearman, jaccard }) => [a, b, spearman, jaccard]),
  };
}

export function studiedRecords({ studied }: Pick<CircuitView, 'studied'>): Records {
  return {
    head: ['method', 'k', 'node', 'minimality', 'incompleteness_mean', 'incompleteness_largest', 'sets'],
    rows: studied.flatMap(({ method, k, minimality, incompleteness: { mean, largest, sets } }) =>
      minimality.map(({ node, value }) => [method, k, node, value, mean, largest, sets]),
    ),
  };
}

/** Points that are left out stand below the others, with the reason. */
export function sampledRecords({ sampled, unsampled }: Pick<CircuitView, 'sampled' | 'unsampled'>): Records {
  return {
    head: ['method', 'seed', 'prompts', 'reference', 'auc', 'auc_low_95_nodes', 'auc_high_95_nodes', 'left_out'],
    rows: [
      ...sampled.map(({ method, seed, prompts, reference, auc, overNodes }): readonly CsvCell[] => [
        ...[method, seed, prompts, reference, auc, overNodes?.[0] ?? null, overNodes?.[1] ?? null, null],
      ]),
      ...unsampled.map(({ method, seed, prompts, reason }): readonly CsvCell[] => [
        ...[method, seed, prompts, null, null, null, null, reason],
      ]),
    ],
  };
}
