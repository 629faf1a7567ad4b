/** Rows of two matrices matched one to one by cosine. */
import { Assignment } from './assignment.ts';
import type { Band, CosineOptions } from './cosineBands.ts';
import { eachCosineBand } from './cosineBands.ts';
import { rowProduct, unitRows } from './directions.ts';
import { greedyPairs } from './greedyPairs.ts';
import type { NearestBothWays } from './nearestRows.ts';
import { noneNearest, takeNearest } from './nearestRows.ts';
import { Pauses } from './pauses.ts';

export interface RowMatch {
  readonly first: number;
  readonly second: number;
  readonly cosine: number;
}

/**
 * `best`: the assignment with the largest sum. `greedy`: the pair with the largest cosine first, and so on, where one matrix has
 * more than 2,048 rows. `mutual`: only pairs that are each other's nearest, where there are more than 2^26 pairs, 8,192 rows each.
 */
export type MatchKind = 'best' | 'greedy' | 'mutual';

export interface MatchedRows {
  /** Best first: one for each row of the smaller matrix, fewer for `mutual`. */
  readonly matches: readonly RowMatch[];
  readonly kind: MatchKind;
  readonly nearest: NearestBothWays;
}

const mostForBest = 2048;
/** Cosines that are held at once, in float32: 256 MiB. */
const mostHeld = 2 ** 26;

export interface MatchOptions extends CosineOptions {
  /** Cosines that are held at once, at most (default: 2^26). */
  readonly mostHeld?: number;
}

/** Rows of zeros have cosine 0 with all. Cosines are compared in float32; those of matches are given in float64. */
export async function matchRows(
  a: Float32Array,
  b: Float32Array,
  width: number,
  options: MatchOptions = {},
): Promise<MatchedRows> {
  const [n, m] = [a.length / width, b.length / width];
  const kind = kindOf(n, m, options.mostHeld ?? mostHeld);
  const all = kind === 'mutual' ? null : new Float32Array(n * m);
  const place = all === null ? undefined : ({ from, count }: Band) => all.subarray(from * m, (from + count) * m);
  const nearest = noneNearest(n, m);
  await eachCosineBand([a, b], width, (band, part) => takeNearest(nearest, band, part), { ...options, place });
  const pauses = new Pauses(options.signal);
  const pairs = all === null ? mutualPairs(nearest) : await pairsOf(kind, all, n, m, pauses);
  return { matches: withCosines(pairs, a, b, width), kind, nearest };
}

function kindOf(n: number, m: number, most: number): MatchKind {
  if (Math.max(n, m) <= mostForBest) return 'best';
  return n * m <= most ? 'greedy' : 'mutual';
}

type Pair = readonly [first: number, second: number];

function pairsOf(kind: MatchKind, cosines: Float32Array, n: number, m: number, pauses: Pauses): Promise<Pair[]> {
  return (kind === 'best' ? bestPairs : greedyPairs)(cosines, n, m, pauses);
}

async function bestPairs(cosines: Float32Array, n: number, m: number, pauses: Pauses): Promise<Pair[]> {
  const isTurned = n > m;
  const [rows, columns] = isTurned ? [m, n] : [n, m];
  const assignment = new Assignment(isTurned ? turned(cosines, n, m) : cosines, rows, columns);
  for (let row = 0; row < rows; row++) {
    assignment.add(row);
    await pauses.letIn();
  }
  return Array.from(assignment.columns(), (column, row) => (isTurned ? [column, row] : [row, column]));
}

/** [n m] as [m n]. */
function turned(cosines: Float32Array, n: number, m: number): Float32Array {
  return Float32Array.from({ length: n * m }, (_, i) => cosines[(i % n) * m + Math.floor(i / n)] as number);
}

/** One to one, but not all. */
function mutualPairs({ a, b }: NearestBothWays): Pair[] {
  return Array.from(a.index, (second, first): Pair => [first, second]).filter(
    ([first, second]) => b.index[second] === first,
  );
}

function withCosines(pairs: readonly Pair[], a: Float32Array, b: Float32Array, width: number): RowMatch[] {
  const matches = pairs.map(([first, second]) => {
    const [x, y] = [rowOf(a, first, width), rowOf(b, second, width)];
    return { first, second, cosine: rowProduct(x, 0, y, 0, width) };
  });
  return matches.sort((x, y) => y.cosine - x.cosine);
}

function rowOf(data: Float32Array, row: number, width: number): Float64Array {
  return unitRows(data.subarray(row * width, (row + 1) * width), width);
}
