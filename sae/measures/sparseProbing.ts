/** Can a known attribute be read off a few features (Gurnee et al. 2023; SAEBench, sparse probing)? */
import { seededRandom } from '../../engine/tensor/random.ts';
import type { Codes } from '../codes.ts';
import type { Attribute } from '../controls/supervised.ts';
import type { Rows } from '../rows.ts';
import type { Examples, LogisticFit } from './logisticRegression.ts';
import { logisticRegression } from './logisticRegression.ts';
import type { MeasureFacts } from './measure.ts';

export const sparseProbingFacts: MeasureFacts = {
  id: 'sparseProbing',
  title: 'Sparse probing',
  formula:
    'accuracy on held-out prompts of logistic regression on the k features whose means on and off a value differ most, one regression a value',
  pitfall:
    'The best of many features is good by chance where prompts are few: look at the untrained control. What few features do not show may be spread, not missing; what can be read need not be used.',
};

export interface ProbedAttribute extends Attribute {
  /** Rows that the probes are fitted on, and others, of other prompts, no two of one prompt. */
  readonly train: readonly number[];
  readonly held: readonly number[];
  /** Values that are told apart, the most frequent first. */
  readonly classes: readonly number[];
}

export interface Probe {
  readonly k: number;
  /** Of all classes, those that tell most first. */
  readonly features: readonly number[];
  /** Share of held-out rows whose class has the largest logit. */
  readonly accuracy: number;
}

/** At most so many classes, each with so many rows to fit on. */
const mostClasses = 20;
const leastRows = 4;
const heldShare = 0.2;

/**
 * A fifth of the distinct prompts is held out, each with every row that repeats it, of which one is tested: what a probe has seen is
 * no test. `prompts`: what tells the prompt of each row from others; all rows are of different ones where omitted. Rows with values
 * that are rare among the others are left out; null where fewer than two values, or no row to test, are left.
 */
export function probedAttribute(
  attribute: Attribute,
  seed: number,
  prompts: readonly string[] = Array.from(attribute.of, (_, row) => String(row)),
): ProbedAttribute | null {
  const rowsOf = new Map<string, number[]>();
  prompts.forEach((prompt, row) => rowsOf.set(prompt, [...(rowsOf.get(prompt) ?? []), row]));
  const order = seededRandom(seed).shuffled([...rowsOf.values()]);
  const cut = Math.round(heldShare * order.length);
  const [tested, fitted] = [order.slice(0, cut).map(([first = NaN]) => first), order.slice(cut).flat()];
  const counts = attribute.values.map(() => 0);
  for (const row of fitted) {
    const value = attribute.of[row] as number;
    counts[value] = (counts[value] as number) + 1;
  }
  const classes = [...counts.keys()]
    .filter((value) => (counts[value] as number) >= leastRows)
    .sort((a, b) => (counts[b] as number) - (counts[a] as number) || a - b)
    .slice(0, mostClasses);
  const kept = (row: number) => classes.includes(attribute.of[row] as number);
  const [train, held] = [fitted.filter(kept), tested.filter(kept)];
  return classes.length < 2 || held.length === 0 ? null : { ...attribute, train, held, classes };
}

/** Share of held-out rows with the class that is the most frequent among the others. */
export function chanceOf({ of, held, classes }: ProbedAttribute): number {
  return held.filter((row) => of[row] === classes[0]).length / held.length;
}

/** Accuracy of probes that see all of x. */
export function fullAccuracy(rows: Rows, attribute: ProbedAttribute): number {
  const columns = Array.from({ length: rows.width }, (_, d) => d);
  const value = (row: number, column: number) => rows.data[row * rows.width + column] as number;
  return accuracyOf(
    attribute,
    probedClasses(attribute).map(() => columns),
    value,
  );
}

/** For each class the k features whose means in and outside it differ most, and one probe of the class on them. */
export function sparseProbes(codes: Codes, attribute: ProbedAttribute, ks: readonly number[]): Probe[] {
  const ranked = probedClasses(attribute).map((one) => rankedFeatures(codes, attribute, one));
  const most = Math.max(...ks);
  const wanted = [...new Set(ranked.flatMap((list) => list.slice(0, most).map(({ feature }) => feature)))];
  const columns = columnsOf(codes, wanted);
  const value = (row: number, feature: number) => columns.get(feature)?.[row] ?? 0;
  return ks.map((k) => {
    const chosen = ranked.map((list) => list.slice(0, k));
    const features = chosen.map((list) => list.map(({ feature }) => feature));
    const best = chosen.flat().sort((a, b) => b.difference - a.difference);
    return {
      k,
      features: [...new Set(best.map(({ feature }) => feature))],
      accuracy: accuracyOf(attribute, features, value),
    };
  });
}

/** One probe tells two classes apart. */
function probedClasses({ classes }: ProbedAttribute): readonly number[] {
  return classes.length === 2 ? classes.slice(0, 1) : classes;
}

interface RankedFeature {
  readonly feature: number;
  readonly difference: number;
}

/** |mean of f over rows of the class - mean over the others|, largest first. */
function rankedFeatures(codes: Codes, { of, train }: ProbedAttribute, one: number): RankedFeature[] {
  const [inside, outside] = [new Float64Array(codes.features), new Float64Array(codes.features)];
  const size = train.filter((row) => of[row] === one).length;
  for (const row of train) {
    const sums = of[row] === one ? inside : outside;
    for (let at = codes.starts[row] as number; at < (codes.starts[row + 1] as number); at++) {
      const feature = codes.indices[at] as number;
      sums[feature] = (sums[feature] as number) + (codes.values[at] as number);
    }
  }
  const difference = (i: number) =>
    Math.abs((inside[i] as number) / size - (outside[i] as number) / (train.length - size));
  return Array.from(inside, (_, feature) => ({ feature, difference: difference(feature) })).sort(
    (a, b) => b.difference - a.difference || a.feature - b.feature,
  );
}

/** Codes of some features as dense columns. */
function columnsOf({ starts, indices, values }: Codes, features: readonly number[]): ReadonlyMap<number, Float32Array> {
  const columns = new Map(features.map((feature) => [feature, new Float32Array(starts.length - 1)]));
  for (let row = 0; row + 1 < starts.length; row++)
    for (let at = starts[row] as number; at < (starts[row + 1] as number); at++) {
      const column = columns.get(indices[at] as number);
      if (column !== undefined) column[row] = values[at] as number;
    }
  return columns;
}

type ValueAt = (row: number, column: number) => number;

function accuracyOf(attribute: ProbedAttribute, columns: readonly (readonly number[])[], value: ValueAt): number {
  const { of, train, held, classes } = attribute;
  const scores = probedClasses(attribute).map((one, i) => {
    const { fitted, tested } = standardised(train, held, columns[i] ?? [], value);
    const fit = logisticRegression(
      fitted,
      train.map((row) => of[row] === one),
    );
    return logitsOf(tested, fit, held.length);
  });
  const right = held.filter((row, at) => of[row] === classes[winner(scores, at)]).length;
  return right / held.length;
}

function logitsOf({ width, data }: Examples, { weights, bias }: LogisticFit, count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) =>
    weights.reduce((sum, weight, d) => sum + weight * (data[i * width + d] as number), bias),
  );
}

/** Place of the class with the largest logit; of two classes there is the first one's logit only. */
function winner(scores: readonly Float64Array[], at: number): number {
  if (scores.length === 1) return (scores[0]?.[at] as number) > 0 ? 0 : 1;
  return scores.reduce((best, score, i) => ((score[at] as number) > (scores[best]?.[at] as number) ? i : best), 0);
}

/** Columns with mean 0 and deviation 1 over the rows that probes are fitted on. */
function standardised(train: readonly number[], held: readonly number[], columns: readonly number[], value: ValueAt) {
  const facts = columns.map((column) => {
    const mean = train.reduce((sum, row) => sum + value(row, column), 0) / train.length;
    const variance = train.reduce((sum, row) => sum + (value(row, column) - mean) ** 2, 0) / train.length;
    return { mean, scale: variance > 0 ? 1 / Math.sqrt(variance) : 0 };
  });
  const examples = (rows: readonly number[]): Examples => ({
    width: columns.length,
    data: Float64Array.from({ length: rows.length * columns.length }, (_, i) => {
      const c = i % columns.length;
      const { mean, scale } = facts[c] as (typeof facts)[number];
      return (value(rows[Math.floor(i / columns.length)] as number, columns[c] as number) - mean) * scale;
    }),
  });
  return { fitted: examples(train), tested: examples(held) };
}
