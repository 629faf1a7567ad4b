/** Means with their uncertainty over prompts. */
import type { Summary } from '../terms/summary.ts';
import { seededRandom } from '../tensor/random.ts';
import type { Random } from '../tensor/random.ts';

/** Of every bootstrap. */
export const resamples = 2000;
/** Standard normal quantile of 97.5 %. */
const z = 1.959963984540054;
/** Resampled indices kept in memory at most; above it they are drawn again for each call. */
const keptIndices = 1_000_000;

/**
 * Mean, standard error s / sqrt(n) and 95 % bootstrap percentile interval of the mean (2,000 seeded resamples;
 * Efron 1979). Throws RangeError for no values; one value is its own interval, with standard error 0.
 */
export function summarise(values: ArrayLike<number>, seed: number): Summary {
  return summariser(values.length, seed)(values);
}

/**
 * `summarise` for many sets of n values over the same n prompts (one per head): the resamples are drawn once, and
 * every set sees the same ones. Gives exactly what `summarise` gives. Throws RangeError for another number of values.
 */
export function summariser(n: number, seed: number): (values: ArrayLike<number>) => Summary {
  if (!Number.isInteger(n) || n < 1) throw new RangeError(`summarise: expected at least one value, got ${n}`);
  const draws = resampler(n, seed);
  return (values) => {
    if (values.length !== n) throw new RangeError(`summarise: expected ${n} values, got ${values.length}`);
    const numbers = Float64Array.from(values);
    const mean = meanOf(numbers);
    const interval: Summary['interval'] = n === 1 ? [mean, mean] : percentiles(draws(numbers));
    return { mean, standardError: n === 1 ? 0 : standardError(numbers, mean), interval, n };
  };
}

/** Share of true values; standard error sqrt(p (1 - p) / n) and Wilson interval. Throws RangeError for no values. */
export function summariseShare(flags: readonly boolean[]): Summary {
  const n = flags.length;
  const successes = flags.filter(Boolean).length;
  const interval = wilsonInterval(successes, n);
  const mean = successes / n;
  return { mean, standardError: Math.sqrt((mean * (1 - mean)) / n), interval, n };
}

/**
 * 95 % interval of a share (Wilson 1927): (p + z^2/2n -+ z sqrt(p (1 - p)/n + z^2/4n^2)) / (1 + z^2/n).
 * Throws RangeError unless 0 <= successes <= n and n >= 1.
 */
export function wilsonInterval(successes: number, n: number): readonly [low: number, high: number] {
  if (!(n >= 1 && successes >= 0 && successes <= n)) {
    throw new RangeError(`wilsonInterval: expected 0 <= successes <= n and n >= 1, got ${successes} of ${n}`);
  }
  const p = successes / n;
  const centre = p + (z * z) / (2 * n);
  const half = z * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  const scale = 1 + (z * z) / n;
  // Exact at the ends, where rounding would leave 1e-17.
  return [successes === 0 ? 0 : (centre - half) / scale, successes === n ? 1 : (centre + half) / scale];
}

/**
 * Pearson's r = sum (x - mean x)(y - mean y) / sqrt(sum (x - mean x)^2 sum (y - mean y)^2), from -1 to 1; null where either
 * has only one value. Throws RangeError for lists of unequal length.
 */
export function pearson(x: readonly number[], y: readonly number[]): number | null {
  if (x.length !== y.length) throw new RangeError(`pearson: expected ${x.length} values, got ${y.length}`);
  if (isConstant(x) || isConstant(y)) return null;
  const [dx, dy] = [centred(x), centred(y)];
  const r = dot(dx, dy) / Math.sqrt(dot(dx, dx) * dot(dy, dy));
  // Rounding may leave 1 + 1e-16.
  return Math.min(1, Math.max(-1, r));
}

/** Spearman's rho (1904): Pearson's r of the ranks, ties at the mean of theirs; null and errors as there. */
export function spearman(x: readonly number[], y: readonly number[]): number | null {
  return pearson(averageRanks(x), averageRanks(y));
}

/** 1 for the least; equal values share the mean of the ranks that they take up. */
export function averageRanks(values: readonly number[]): number[] {
  const sorted = Float64Array.from(values).sort();
  const first = new Map<number, number>();
  const last = new Map<number, number>();
  sorted.forEach((value, i) => {
    if (!first.has(value)) first.set(value, i + 1);
    last.set(value, i + 1);
  });
  return values.map((value) => ((first.get(value) ?? NaN) + (last.get(value) ?? NaN)) / 2);
}

function isConstant(values: readonly number[]): boolean {
  return values.every((value) => value === values[0]);
}

function centred(values: readonly number[]): number[] {
  const mean = meanOf(Float64Array.from(values));
  return values.map((value) => value - mean);
}

function dot(x: readonly number[], y: readonly number[]): number {
  return x.reduce((sum, value, i) => sum + value * (y[i] ?? NaN), 0);
}

/** Gives the means of the 2,000 resamples of n values: row r takes the values at indices [r n, (r + 1) n). */
function resampler(n: number, seed: number): (values: Float64Array) => Float64Array {
  const block = Math.max(1, Math.min(resamples, Math.floor(keptIndices / n)));
  const indices = new Uint32Array(block * n);
  if (block === resamples) {
    drawIndices(indices, n, seededRandom(seed));
    return (values) => meansOf(values, [indices]);
  }
  return (values) => meansOf(values, drawnBlocks(indices, n, seed));
}

/** The same indices as one large draw would give, in blocks that share one array. */
function* drawnBlocks(indices: Uint32Array, n: number, seed: number): Generator<Uint32Array> {
  const random = seededRandom(seed);
  for (let left = resamples * n; left > 0; left -= indices.length) {
    const block = indices.subarray(0, Math.min(left, indices.length));
    drawIndices(block, n, random);
    yield block;
  }
}

function drawIndices(indices: Uint32Array, n: number, random: Random): void {
  for (let i = 0; i < indices.length; i++) indices[i] = random.below(n);
}

function meansOf(values: Float64Array, blocks: Iterable<Uint32Array>): Float64Array {
  const means = new Float64Array(resamples);
  const n = values.length;
  let row = 0;
  for (const indices of blocks) {
    for (let from = 0; from < indices.length; from += n, row++) {
      let total = 0;
      for (let i = from; i < from + n; i++) total += values[indices[i] as number] as number;
      means[row] = total / n;
    }
  }
  return means;
}

/** Sorts the values. 2.5 % and 97.5 % quantiles, interpolated between order statistics (Hyndman and Fan 1996, type 7). */
export function percentiles(means: Float64Array): readonly [low: number, high: number] {
  const sorted = means.sort();
  return [quantile(sorted, 0.025), quantile(sorted, 0.975)];
}

function quantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)] as number;
  const above = sorted[Math.ceil(place)] as number;
  // Equal ends also keep Infinity - Infinity out.
  return below === above ? below : below + (above - below) * (place - Math.floor(place));
}

function meanOf(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}

/** sqrt(sum (x - mean)^2 / (n - 1)) / sqrt(n) */
function standardError(values: Float64Array, mean: number): number {
  const squares = values.reduce((total, value) => total + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1) / values.length);
}
