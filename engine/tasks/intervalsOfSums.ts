/** How uncertain a ratio of sums, or whatever else is computed from sums over prompts or windows, is. */
import { seededRandom } from '../tensor/random.ts';
import { percentiles, resamples } from './statistics.ts';

export type Interval = readonly [low: number, high: number];

/**
 * 95 % bootstrap percentile intervals of several numbers that are computed from sums over n units which were drawn (prompts,
 * windows of text), the unit's part of every sum together (2,000 seeded resamples of n units; Efron 1979). `columns` [S n]: what each
 * unit adds to each of the S sums. `of` gives the numbers from the sums. Null where an end is not finite, as of a ratio whose
 * divisor may be 0, and everywhere where n is 1: one unit says nothing of its spread. RangeError for columns of unequal length.
 */
export function intervalsOfSums(
  columns: readonly ArrayLike<number>[],
  seed: number,
  of: (sums: Float64Array) => readonly number[],
): readonly (Interval | null)[] {
  const n = columns[0]?.length ?? 0;
  const other = columns.find(({ length }) => length !== n);
  if (n < 1 || other !== undefined) {
    throw new RangeError(`intervalsOfSums: expected columns of one length, got ${n} and ${other?.length ?? 'none'}`);
  }
  const numbers = of(Float64Array.from(columns, (column) => sumOf(column)));
  if (n === 1) return numbers.map(() => null);
  const found = numbers.map(() => new Float64Array(resamples));
  const random = seededRandom(seed);
  const times = new Uint32Array(n);
  for (let draw = 0; draw < resamples; draw++) {
    times.fill(0);
    for (let i = 0; i < n; i++) {
      const unit = random.below(n);
      times[unit] = (times[unit] as number) + 1;
    }
    const sums = Float64Array.from(columns, (column) => weightedSum(column, times));
    of(sums).forEach((value, i) => ((found[i] as Float64Array)[draw] = value));
  }
  return found.map(finiteEnds);
}

function finiteEnds(values: Float64Array): Interval | null {
  // NaN has no place among sorted values.
  if (values.some(Number.isNaN)) return null;
  const [low, high] = percentiles(values);
  return Number.isFinite(low) && Number.isFinite(high) ? [low, high] : null;
}

function sumOf(column: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < column.length; i++) sum += column[i] as number;
  return sum;
}

function weightedSum(column: ArrayLike<number>, times: Uint32Array): number {
  let sum = 0;
  for (let i = 0; i < times.length; i++) sum += (column[i] as number) * (times[i] as number);
  return sum;
}
