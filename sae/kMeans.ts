/** k-means: seeding by distance (k-means++, Arthur and Vassilvitskii 2007), then Lloyd's iterations. */
import type { Random } from '../engine/tensor/random.ts';
import type { Rows } from './rows.ts';
import { countOf, rowAt } from './rows.ts';

export interface Clusters {
  /** [k D] */
  readonly centres: Float32Array;
  /** [n] the centre of each row. */
  readonly assigned: Int32Array;
}

/** The same seed gives the same centres. A centre without rows is put where the row is that is farthest from its own. */
export function kMeans(rows: Rows, k: number, random: Random, iterations = 20): Clusters {
  let centres = seededCentres(rows, k, random);
  let assigned = nearest(rows, centres);
  for (let i = 0; i < iterations; i++) {
    centres = means(rows, assigned.centre, assigned.distance, k);
    const next = nearest(rows, centres);
    const isSettled = next.centre.every((centre, row) => centre === assigned.centre[row]);
    assigned = next;
    if (isSettled) break;
  }
  return { centres, assigned: assigned.centre };
}

function seededCentres(rows: Rows, k: number, random: Random): Float32Array {
  const centres = new Float32Array(k * rows.width);
  const distance = new Float64Array(countOf(rows)).fill(Infinity);
  for (let centre = 0; centre < k; centre++) {
    const chosen = centre === 0 ? random.below(countOf(rows)) : drawn(distance, random);
    centres.set(rowAt(rows, chosen), centre * rows.width);
    for (let i = 0; i < distance.length; i++)
      distance[i] = Math.min(distance[i] as number, squaredWithin(rows, i, centres, centre, distance[i] as number));
  }
  return centres;
}

/** A place with a probability as its weight; any where all are 0. */
function drawn(weights: Float64Array, random: Random): number {
  const total = weights.reduce((a, b) => a + b, 0);
  if (total === 0) return random.below(weights.length);
  let left = random.next() * total;
  return Math.max(
    0,
    weights.findIndex((weight) => (left -= weight) < 0),
  );
}

/** |x - c|^2 of a row and a centre, or some number of at least `most` where it is no less: the rest need not be added up. */
function squaredWithin(
  { width, data }: Rows,
  row: number,
  centres: Float32Array,
  centre: number,
  most: number,
): number {
  const [x, c] = [row * width, centre * width];
  let sum = 0;
  for (let d = 0; d < width && sum < most; d++) sum += ((data[x + d] as number) - (centres[c + d] as number)) ** 2;
  return sum;
}

interface Nearest {
  readonly centre: Int32Array;
  /** Squared. */
  readonly distance: Float64Array;
}

function nearest(rows: Rows, centres: Float32Array): Nearest {
  const count = centres.length / rows.width;
  const centre = new Int32Array(countOf(rows));
  const distance = new Float64Array(centre.length).fill(Infinity);
  for (let row = 0; row < centre.length; row++) {
    for (let c = 0; c < count; c++) {
      const squared = squaredWithin(rows, row, centres, c, distance[row] as number);
      if (squared >= (distance[row] as number)) continue;
      distance[row] = squared;
      centre[row] = c;
    }
  }
  return { centre, distance };
}

function means(rows: Rows, assigned: Int32Array, distance: Float64Array, k: number): Float32Array {
  const { width } = rows;
  const sums = new Float64Array(k * width);
  const counts = new Float64Array(k);
  assigned.forEach((centre, row) => {
    counts[centre] = (counts[centre] as number) + 1;
    rowAt(rows, row).forEach((value, d) => (sums[centre * width + d] = (sums[centre * width + d] as number) + value));
  });
  const farthest = farthestRows(distance);
  const centres = Float32Array.from(sums, (sum, i) => sum / (counts[Math.floor(i / width)] as number));
  counts.forEach((count, centre) => {
    if (count === 0) centres.set(rowAt(rows, farthest.next().value ?? 0), centre * width);
  });
  return centres;
}

/** Rows by distance, the farthest first; sorted only where somebody asks. */
function* farthestRows(distance: Float64Array): Generator<number, undefined> {
  const order = Array.from(distance.keys());
  yield* order.sort((a, b) => (distance[b] as number) - (distance[a] as number));
}
