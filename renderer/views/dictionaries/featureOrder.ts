/** Which features a table shows and in which order, over typed arrays: 50,000 features in milliseconds. */
import type { ResultOf } from '../../../engine/results/contract.ts';
import type { DictionariesSettings, FeatureFilter } from './dictionariesSettings.ts';

export type FeatureTable = ResultOf<'dictionaryTable'>;
export type FeatureSort = DictionariesSettings['sort'];

/** Where the number of a feature stands in a key: above it the value that sorts, as 32 whole bits. Both fit a float64. */
const PLACES = 2 ** 20;

/** Features that pass the filter, in order; those of which the value is not known come last. Equal ones keep their order. */
export function featureOrder(table: FeatureTable, filter: FeatureFilter, sort: FeatureSort): readonly number[] {
  const labels = labelsOf(table);
  const kept = keptFeatures(table, filter, labels);
  if (sort.column === 'label') return byLabel(kept, labels, sort.direction);
  const values = valuesOf(table, sort.column);
  if (values === null) return sort.direction === 'ascending' ? kept : kept.toReversed();
  return sortedBy(kept, values, sort.direction);
}

export function labelsOf({ labels }: Pick<FeatureTable, 'labels'>): ReadonlyMap<number, string> {
  return new Map(labels.map(({ feature, label }) => [feature, label]));
}

/** Null for the column of numbers of features, which is their own order, and for columns that are not there. */
function valuesOf({ columns, head }: FeatureTable, column: string): ArrayLike<number> | null {
  if (column === 'head') return head;
  return columns.find(({ id }) => id === column)?.values ?? null;
}

export function columnValues({ columns }: Pick<FeatureTable, 'columns'>, id: string): Float32Array | null {
  return columns.find((column) => column.id === id)?.values ?? null;
}

function keptFeatures(
  { card, columns, head }: FeatureTable,
  filter: FeatureFilter,
  labels: ReadonlyMap<number, string>,
): readonly number[] {
  const density = columnValues({ columns }, 'density');
  const passes = [
    whichPasses(filter.which, density, labels),
    densityPasses(filter.density, density),
    textPasses(filter.text, labels),
    filter.head === null || head === null ? null : (feature: number) => head[feature] === filter.head,
  ].flatMap((pass) => (pass === null ? [] : [pass]));
  const kept: number[] = [];
  for (let feature = 0; feature < card.features; feature++) {
    if (passes.every((pass) => pass(feature))) kept.push(feature);
  }
  return kept;
}

type Pass = ((feature: number) => boolean) | null;

function whichPasses(
  which: FeatureFilter['which'],
  density: Float32Array | null,
  labels: ReadonlyMap<number, string>,
): Pass {
  if (which === 'all') return null;
  if (which === 'labelled') return (feature) => labels.has(feature);
  // Where no density is known neither is which features are alive.
  if (density === null) return null;
  return which === 'alive' ? (feature) => (density[feature] ?? NaN) > 0 : (feature) => density[feature] === 0;
}

function densityPasses(range: FeatureFilter['density'], density: Float32Array | null): Pass {
  if (range === null || density === null) return null;
  const [low, high] = range;
  return (feature) => {
    const log = Math.log10(density[feature] ?? NaN);
    return log >= low && log <= high;
  };
}

/** A number is a feature's own; any other text is looked for in labels. */
function textPasses(text: string, labels: ReadonlyMap<number, string>): Pass {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return null;
  const number = /^#?(\d+)$/.exec(wanted)?.[1];
  return (feature) =>
    (number !== undefined && feature === Number(number)) ||
    (labels.get(feature)?.toLowerCase().includes(wanted) ?? false);
}

function byLabel(
  kept: readonly number[],
  labels: ReadonlyMap<number, string>,
  direction: FeatureSort['direction'],
): readonly number[] {
  const sign = direction === 'ascending' ? 1 : -1;
  const named = kept.filter((feature) => labels.has(feature));
  const compare = (a: number, b: number) => sign * (labels.get(a) ?? '').localeCompare(labels.get(b) ?? '', 'en');
  return [...named.sort(compare), ...kept.filter((feature) => !labels.has(feature))];
}

/** Sorts numbers instead of calling back for each pair: value and place in one float64, as whole numbers below 2^52. */
export function sortedBy(
  kept: readonly number[],
  values: ArrayLike<number>,
  direction: FeatureSort['direction'],
): readonly number[] {
  const known = kept.filter((feature) => !Number.isNaN(values[feature] ?? NaN));
  const bits = wholeOrder(known, values);
  const keys = new Float64Array(known.length);
  for (let i = 0; i < known.length; i++) {
    const value = bits[i] as number;
    keys[i] = (direction === 'ascending' ? value : 0xffffffff - value) * PLACES + i;
  }
  keys.sort();
  const sorted = Array.from(keys, (key) => known[key % PLACES] as number);
  if (known.length === kept.length) return sorted;
  return [...sorted, ...kept.filter((feature) => Number.isNaN(values[feature] ?? NaN))];
}

/** The bits of a float32 as a whole number that is in the order of the floats: negative ones turned round, others above them. */
function wholeOrder(known: readonly number[], values: ArrayLike<number>): Uint32Array {
  const floats = Float32Array.from(known, (feature) => values[feature] as number);
  const bits = new Uint32Array(floats.buffer);
  return bits.map((word) => (word >= 0x80000000 ? ~word >>> 0 : word + 0x80000000));
}

/** log10 of the densities that are above 0, for their histogram. */
export function logDensities(table: FeatureTable): Float32Array {
  const density = columnValues(table, 'density') ?? new Float32Array();
  return density.filter((value) => value > 0).map((value) => Math.log10(value));
}
