/**
 * Do two trainings find the same features? Rows of two decoders matched one to one by cosine.
 * Pitfalls: features of either sign of a direction do not match; dead rows match nothing and pull the mean down, so leave them
 * out; random unit rows match at more than 0 too, the more so the narrower the input: compare with them.
 */
import { bestAssignment } from '../bestAssignment.ts';
import type { Dictionary } from '../dictionary.ts';
import { weightOf } from '../dictionary.ts';
import { cosines, unitRows } from '../directions.ts';

export interface FeatureMatch {
  readonly first: number;
  readonly second: number;
  readonly cosine: number;
}

export interface Stability {
  /** One for each feature of the smaller dictionary, best first. */
  readonly matches: readonly FeatureMatch[];
  readonly meanCosine: number;
  /** Share of matches with a cosine of at least 0.7. */
  readonly matched: number;
  /** Mean over features of the first of the largest cosine with any of the second: several may share one. */
  readonly meanMaxCosine: number;
  /** `best`: the assignment with the largest sum; `greedy`: pair by pair, above 2,048 features. */
  readonly assignment: 'best' | 'greedy';
}

const mostForBest = 2048;
const matchedCosine = 0.7;

/** Of the features named, or of all. RangeError for dictionaries of different widths. */
export function stability(
  first: Dictionary,
  second: Dictionary,
  only: { readonly first?: readonly number[]; readonly second?: readonly number[] } = {},
): Stability {
  if (first.width !== second.width)
    throw new RangeError(`stability: expected one width, got ${first.width} and ${second.width}`);
  const [a, b] = [listed(first, only.first), listed(second, only.second)];
  const similarity = cosines(a.rows, b.rows, first.width);
  const [n, m] = [a.features.length, b.features.length];
  const assignment = Math.max(n, m) <= mostForBest ? 'best' : 'greedy';
  const pairs = (assignment === 'best' ? bestPairs : greedyPairs)(similarity, n, m);
  const matches = pairs
    .map(([i, j]) => ({
      first: a.features[i] as number,
      second: b.features[j] as number,
      cosine: similarity[i * m + j] as number,
    }))
    .sort((x, y) => y.cosine - x.cosine);
  const mean = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  return {
    matches,
    meanCosine: mean(matches.map(({ cosine }) => cosine)),
    matched: mean(matches.map(({ cosine }) => Number(cosine >= matchedCosine))),
    meanMaxCosine: mean(
      Array.from({ length: n }, (_, i) =>
        similarity.subarray(i * m, (i + 1) * m).reduce((most, value) => Math.max(most, value), -1),
      ),
    ),
    assignment,
  };
}

function listed(dictionary: Dictionary, only: readonly number[] | undefined) {
  const { width } = dictionary;
  const features = only ?? Array.from({ length: dictionary.features }, (_, i) => i);
  const decoder = weightOf(dictionary, 'W_dec');
  const rows = Float64Array.from(
    { length: features.length * width },
    (_, at) => decoder[(features[Math.floor(at / width)] as number) * width + (at % width)] as number,
  );
  return { features, rows: unitRows(rows, width) };
}

type Pair = readonly [number, number];

function bestPairs(similarity: Float64Array, n: number, m: number): Pair[] {
  if (n <= m) return [...bestAssignment(similarity, n, m)].map((j, i) => [i, j] as const);
  const turned = Float64Array.from(
    { length: n * m },
    (_, at) => similarity[(at % n) * m + Math.floor(at / n)] as number,
  );
  return [...bestAssignment(turned, m, n)].map((i, j) => [i, j] as const);
}

/** The pair with the largest cosine of those whose ends are both free, again and again. */
function greedyPairs(similarity: Float64Array, n: number, m: number): Pair[] {
  const order = Uint32Array.from(similarity.keys()).sort(
    (a, b) => (similarity[b] as number) - (similarity[a] as number),
  );
  const [usedFirst, usedSecond] = [new Uint8Array(n), new Uint8Array(m)];
  const pairs: Pair[] = [];
  for (const place of order) {
    const [i, j] = [Math.floor(place / m), place % m];
    if (usedFirst[i] === 1 || usedSecond[j] === 1) continue;
    usedFirst[i] = usedSecond[j] = 1;
    pairs.push([i, j]);
    if (pairs.length === Math.min(n, m)) break;
  }
  return pairs;
}
