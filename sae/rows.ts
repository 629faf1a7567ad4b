/** Samples as rows of one array [n D], and plain facts about them. Sums are float64. */
import { Fault } from '../engine/terms/fault.ts';

export interface Rows {
  /** D */
  readonly width: number;
  /** [n D] */
  readonly data: Float32Array;
}

export function countOf({ width, data }: Rows): number {
  return data.length / width;
}

export function rowAt({ width, data }: Rows, row: number): Float32Array {
  return data.subarray(row * width, (row + 1) * width);
}

/** The rows with these numbers, one after another. */
export function rowsAt(rows: Rows, numbers: ArrayLike<number>): Rows {
  const data = new Float32Array(numbers.length * rows.width);
  Array.from(numbers).forEach((number, i) => data.set(rowAt(rows, number), i * rows.width));
  return { width: rows.width, data };
}

/** Throws Fault for values that are not finite. */
export function checkRows({ width, data }: Rows, where: string): void {
  if (!(width >= 1) || data.length % width !== 0)
    throw new RangeError(`rows: expected rows of ${width}, got ${data.length} values`);
  const bad = data.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return;
  const place = `row ${Math.floor(bad / width)}, entry ${bad % width}`;
  throw new Fault({ what: 'activations that are not finite', where, got: `${data[bad]} at ${place}` });
}

/** [D] */
export function meanRow(rows: Rows): Float64Array {
  const { width, data } = rows;
  const mean = new Float64Array(width);
  data.forEach((value, i) => (mean[i % width] = (mean[i % width] as number) + value));
  return mean.map((value) => value / countOf(rows));
}

/** [D] the point with the least sum of distances to all rows: `iterations` of Weiszfeld's from the mean. */
export function geometricMedian(rows: Rows, iterations = 10): Float64Array {
  let centre = meanRow(rows);
  for (let i = 0; i < iterations; i++) centre = weiszfeld(rows, centre);
  return centre;
}

/** sum of x / |x - c| over sum of 1 / |x - c| */
function weiszfeld(rows: Rows, centre: Float64Array): Float64Array {
  const next = new Float64Array(rows.width);
  let total = 0;
  for (let row = 0; row < countOf(rows); row++) {
    const x = rowAt(rows, row);
    const weight = 1 / Math.max(Math.sqrt(squaredDistance(x, centre)), 1e-12);
    total += weight;
    x.forEach((value, d) => (next[d] = (next[d] as number) + weight * value));
  }
  return next.map((value) => value / total);
}

export function squaredDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += ((a[i] as number) - (b[i] as number)) ** 2;
  return sum;
}

/** (1/n) sum |x - mean x|^2 */
export function meanSquaredDeviation(rows: Rows): number {
  const [mean, count] = [meanRow(rows), countOf(rows)];
  let total = 0;
  for (let row = 0; row < count; row++) total += squaredDistance(rowAt(rows, row), mean);
  return total / count;
}

/** Rows less a centre. */
export function lessCentre({ width, data }: Rows, centre: ArrayLike<number>): Rows {
  return { width, data: data.map((value, i) => value - (centre[i % width] as number)) };
}

/** What rows are multiplied with so that their mean length is sqrt(D). */
export function averageNormScale(rows: Rows): number {
  const zero = new Float64Array(rows.width);
  let total = 0;
  for (let row = 0; row < countOf(rows); row++) total += Math.sqrt(squaredDistance(rowAt(rows, row), zero));
  return Math.sqrt(rows.width) / (total / countOf(rows));
}

/** Rows [n D] as columns [D n]. */
export function transposedRows(data: Float32Array, width: number): Float32Array {
  const count = data.length / width;
  const columns = new Float32Array(data.length);
  for (let row = 0; row < count; row++)
    for (let d = 0; d < width; d++) columns[d * count + row] = data[row * width + d] as number;
  return columns;
}
