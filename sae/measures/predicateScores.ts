/**
 * Do features stand for values of known attributes (Makelov, Lange and Nanda 2024, section 5)? F1 of `f > 0` against predicates.
 * Pitfalls: with few rows a value and many features some feature fits by chance, so an untrained dictionary belongs beside it;
 * a feature may stand for something that no attribute names.
 */
import type { Interval } from '../../engine/tasks/intervalsOfSums.ts';
import { intervalsOfSums } from '../../engine/tasks/intervalsOfSums.ts';
import type { Codes } from '../codes.ts';
import type { Attribute } from '../controls/supervised.ts';

export interface PredicateScores {
  /**
   * Mean over values of F1 on held rows of the feature whose F1 is best on the others; values on fewer than `leastRows` rows of
   * either are left out. With a 95 % interval over held rows, the features as they are; null where it says nothing.
   */
  readonly bestOfValue: number;
  readonly bestInterval: Interval | null;
  /**
   * Share of features that are ever active on the rows to choose on whose F1 on held rows is at least 0.8 with a value, or with a
   * union of up to ten and of no more than half, chosen on the former. Features are all there are: a share of them has no interval.
   */
  readonly clearFeatures: number;
}

/** Codes of rows of which the values are known. */
export interface KnownCodes {
  readonly codes: Codes;
  readonly attribute: Attribute;
}

const leastRows = 3;
const mostInUnion = 10;
const clear = 0.8;

/** `fit`: rows to choose features and unions on; `held`: others, to measure on. The best of many features is good by chance on the former. */
export function predicateScores(fit: KnownCodes, held: KnownCodes, seed: number): PredicateScores {
  const [chosen, tested] = [contingency(fit), contingency(held)];
  const isThere = (value: number) => [chosen, tested].every(({ sizes }) => (sizes[value] as number) >= leastRows);
  const values = [...chosen.sizes.keys()].filter(isThere);
  const pairs = values.map((value) => ({ value, feature: bestFeature(chosen, value) }));
  const alive = [...chosen.active.keys()].filter((feature) => (chosen.active[feature] as number) > 0);
  const clearOnes = alive.filter((feature) => unionScore(tested, feature, bestUnion(chosen, feature)) >= clear);
  return {
    ...meanScore(pairs, held, seed),
    clearFeatures: clearOnes.length / Math.max(1, alive.length),
  };
}

interface ValueFeature {
  readonly value: number;
  readonly feature: number;
}

/** The first of those with the best F1. */
function bestFeature({ counts, active, sizes }: Contingency, value: number): number {
  const scores = counts.map((own, feature) =>
    f1(own[value] as number, active[feature] as number, sizes[value] as number),
  );
  return scores.reduce((best, score, feature) => (score > (scores[best] as number) ? feature : best), 0);
}

/** Mean F1 of these features with their values. */
function meanScore(
  pairs: readonly ValueFeature[],
  { codes, attribute }: KnownCodes,
  seed: number,
): Pick<PredicateScores, 'bestOfValue' | 'bestInterval'> {
  if (pairs.length === 0) return { bestOfValue: 0, bestInterval: null };
  const columns = pairs.flatMap(({ value, feature }) => {
    const active = activeRows(codes, feature);
    const is = Float64Array.from(attribute.of, (own) => Number(own === value));
    return [active.map((one, row) => one * (is[row] as number)), active, is];
  });
  const mean = (sums: ArrayLike<number>) =>
    pairs.reduce((sum, _, i) => {
      const [both = NaN, active = NaN, size = NaN] = [sums[3 * i], sums[3 * i + 1], sums[3 * i + 2]];
      return sum + f1(both, active, size);
    }, 0) / pairs.length;
  const bestOfValue = mean(columns.map((column) => column.reduce((sum, one) => sum + one, 0)));
  const [bestInterval = null] = intervalsOfSums(columns, seed, (sums) => [mean(sums)]);
  return { bestOfValue, bestInterval };
}

/** [n] 1 where the feature is above 0. */
function activeRows({ starts, indices, values }: Codes, feature: number): Float64Array {
  const active = new Float64Array(starts.length - 1);
  for (let row = 0; row < active.length; row++)
    for (let at = starts[row] as number; at < (starts[row + 1] as number); at++)
      if (indices[at] === feature && (values[at] as number) > 0) active[row] = 1;
  return active;
}

interface Contingency {
  /** By feature, rows of each value on which it is active. */
  readonly counts: readonly Float64Array[];
  /** Rows of each value. */
  readonly sizes: Float64Array;
  /** Rows on which each feature is active. */
  readonly active: Float64Array;
}

function contingency({ codes, attribute }: KnownCodes): Contingency {
  const { features, starts, indices, values } = codes;
  const counts = Array.from({ length: features }, () => new Float64Array(attribute.values.length));
  const [sizes, active] = [new Float64Array(attribute.values.length), new Float64Array(features)];
  attribute.of.forEach((value, row) => {
    sizes[value] = (sizes[value] as number) + 1;
    for (let at = starts[row] as number; at < (starts[row + 1] as number); at++) {
      if ((values[at] as number) <= 0) continue;
      const feature = indices[at] as number;
      active[feature] = (active[feature] as number) + 1;
      const own = counts[feature] as Float64Array;
      own[value] = (own[value] as number) + 1;
    }
  });
  return { counts, sizes, active };
}

/** 2 both / (active + size): harmonic mean of precision and recall. */
function f1(both: number, active: number, size: number): number {
  return both === 0 ? 0 : (2 * both) / (active + size);
}

/** The union with the best F1 is some first values in the order of how often the feature is active on them. */
function bestUnion({ counts, active, sizes }: Contingency, feature: number): readonly number[] {
  const own = counts[feature] as Float64Array;
  const order = [...own.keys()]
    .filter((value) => (sizes[value] as number) > 0)
    .sort((a, b) => (own[b] as number) / (sizes[b] as number) - (own[a] as number) / (sizes[a] as number));
  let [both, size, best, count] = [0, 0, 0, 0];
  // A union of nearly all values is true of nearly all rows: any feature that is always active would fit.
  const most = Math.max(1, Math.min(mostInUnion, Math.floor(order.length / 2)));
  for (const [i, value] of order.slice(0, most).entries()) {
    both += own[value] as number;
    size += sizes[value] as number;
    const score = f1(both, active[feature] as number, size);
    if (score > best) [best, count] = [score, i + 1];
  }
  return order.slice(0, count);
}

function unionScore({ counts, active, sizes }: Contingency, feature: number, union: readonly number[]): number {
  const sum = (of: Float64Array) => union.reduce((total, value) => total + (of[value] as number), 0);
  return f1(sum(counts[feature] as Float64Array), active[feature] as number, sum(sizes));
}
