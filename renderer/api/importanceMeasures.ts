/** What each criterion of importance says of every head, or of every KV group removed as one. */
import type { ImportanceHeader } from '../../engine/results/importance.ts';
import type { RunRow } from '../../engine/results/runs.ts';
import type { HeadMeasure } from './headMeasure.ts';
import type { CriterionColumn } from './importanceFold.ts';
import { importanceOf } from './importanceFold.ts';
import { columnOfHeads } from './columnOfHeads.ts';
import { perLayerOf } from './unitNumber.ts';

type Criterion = ImportanceHeader['criteria'][number];

/** Empty for layers and MLPs, which are no heads. */
export function importanceMeasures(run: string, rows: readonly RunRow[]): readonly HeadMeasure[] {
  const view = importanceOf(rows);
  const unit = view?.header.unit;
  if (view === null || (unit !== 'head' && unit !== 'kv-group')) return [];
  return view.columns.flatMap((column) => {
    const criterion = view.header.criteria.find(({ id }) => id === column.id);
    return criterion === undefined ? [] : [ofCriterion(run, view.header, criterion, column, unit)];
  });
}

function ofCriterion(
  run: string,
  header: ImportanceHeader,
  criterion: Criterion,
  column: CriterionColumn,
  of: HeadMeasure['of'],
): HeadMeasure {
  const { id, title, rule, formula, source, unit, signed } = criterion;
  const { shape, calibration, samples } = header;
  const group = of === 'kv-group';
  return {
    ...columnOfHeads({ ...column, mean: column.values }, { unit: of, perLayer: perLayerOf(shape, of) }, header),
    ...{ id: `${run}/${id}`, run, call: 'importance', ...sortOf(criterion) },
    ...{ title: group ? `${title}, KV groups` : title, short: `${rule} ${shortOf(title)}${group ? ' KV' : ''}` },
    ...{ unit: unit === 'none' ? '' : unit, range: id === 'random' ? [0, 1] : null, signed, direction: null },
    about: `${whatIt(criterion)}${group ? '; the group’s heads as one' : ''}; more ranks higher`,
    ...{ formula: granular(formula, criterion), source, rule },
    dataset: `${calibration.dataset}, ${calibration.tokens} tokens`,
    ...{ n: samples.list.length, samples: `${samples.unit}s`, of, uniform: null },
    ...{ layers: shape.layers, heads: shape.heads },
  };
}

/** Measured by removal: P1 to P3 and P11. By gradients: P4, P5. The rest are sizes of what a unit makes, and a control. */
function sortOf({ id }: Criterion): Pick<HeadMeasure, 'kind' | 'family'> {
  if (id === 'random') return { kind: 'control', family: 'proxies' };
  if (id === 'michel' || id === 'taylor') return { kind: 'gradient', family: 'importance' };
  const isMeasured = ['zero', 'mean', 'kl', 'shapley'].includes(id);
  return isMeasured ? { kind: 'importance', family: 'importance' } : { kind: 'proxy', family: 'proxies' };
}

const meanings: Readonly<Record<string, string>> = {
  zero: 'what the loss of the text rises by with it set to 0',
  mean: 'what the loss of the text rises by with its mean in its place',
  kl: 'how far the next-token distribution moves with it set to 0',
  michel: 'how strongly the loss answers to a factor on it, whichever way',
  taylor: 'what the loss would rise by without it, to first order',
  writeNorm: 'length of what it adds to the stream',
  wanda: 'size of the output weights that read it, times the size of what they read',
  wifv: 'how much the channels that it feeds vary over the text, times the size of their output weights',
  flap: 'that fluctuation (P8) compared with the rest of its layer: layers can’t be compared by it',
  minitron: 'size of its values over the text',
  shapley: 'what the loss rises by when it goes, mean over orders in which all go',
  random: 'a number drawn for it, whatever it does',
};

function whatIt({ id, formula }: Criterion): string {
  return meanings[id] ?? formula;
}

function granular(formula: string, { absGranularity }: Criterion): string {
  return absGranularity === null ? formula : `${formula}; here of each ${absGranularity}`;
}

/** `Loss without it (zero ablation)`: what stands in brackets is for where there is room. */
function shortOf(title: string): string {
  return title.replace(/ \(.*\)$/, '');
}
