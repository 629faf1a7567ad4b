/**
 * Do features stand for values of known attributes (Makelov, Lange and Nanda 2024, section 5)? F1 of `f > 0` against predicates.
 * Pitfalls: with few rows a value and many features some feature fits by chance, so an untrained dictionary belongs beside it;
 * a feature may stand for something that no attribute names.
 */
import type { Codes } from '../codes.ts';
import type { Attribute } from '../controls/supervised.ts';

export interface PredicateScores {
  /** Mean over values of the best F1 of any feature; values on fewer than `leastRows` rows are left out. */
  readonly bestOfValue: number;
  /** Share of features that are ever active whose F1 is at least 0.8 with a value, or a union of up to ten and of no more than half. */
  readonly clearFeatures: number;
}

const leastRows = 3;
const mostInUnion = 10;
const clear = 0.8;

export function predicateScores(codes: Codes, attribute: Attribute): PredicateScores {
  const { counts, sizes, active } = contingency(codes, attribute);
  const values = [...sizes.keys()].filter((value) => (sizes[value] as number) >= leastRows);
  const best = values.map((value) =>
    counts.reduce(
      (most, own, feature) =>
        Math.max(most, f1(own[value] as number, active[feature] as number, sizes[value] as number)),
      0,
    ),
  );
  const alive = counts.filter((_, feature) => (active[feature] as number) > 0);
  const clearOnes = counts.filter(
    (own, feature) => (active[feature] as number) > 0 && bestUnion(own, active[feature] as number, sizes) >= clear,
  );
  return {
    bestOfValue: best.reduce((sum, value) => sum + value, 0) / Math.max(1, best.length),
    clearFeatures: clearOnes.length / Math.max(1, alive.length),
  };
}

interface Contingency {
  /** By feature, rows of each value on which it is active. */
  readonly counts: readonly Float64Array[];
  /** Rows of each value. */
  readonly sizes: Float64Array;
  /** Rows on which each feature is active. */
  readonly active: Float64Array;
}

function contingency({ features, starts, indices, values }: Codes, attribute: Attribute): Contingency {
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
function bestUnion(own: Float64Array, active: number, sizes: Float64Array): number {
  const order = [...own.keys()]
    .filter((value) => (sizes[value] as number) > 0)
    .sort((a, b) => (own[b] as number) / (sizes[b] as number) - (own[a] as number) / (sizes[a] as number));
  let [both, size, best] = [0, 0, 0];
  // A union of nearly all values is true of nearly all rows: any feature that is always active would fit.
  for (const value of order.slice(0, Math.max(1, Math.min(mostInUnion, Math.floor(order.length / 2))))) {
    both += own[value] as number;
    size += sizes[value] as number;
    best = Math.max(best, f1(both, active, size));
  }
  return best;
}
