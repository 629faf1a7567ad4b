/** k-means: seeding by distance (k-means++, Arthur and Vassilvitskii 2007), then Lloyd's iterations. */
import { GraphBuilder } from '../engine/graph/builder.ts';
import { lower } from '../engine/graph/lower.ts';
import { Session } from '../engine/run/ort.ts';
import type { Random } from '../engine/tensor/random.ts';
import type { Rows } from './rows.ts';
import { countOf, rowAt } from './rows.ts';
import { threadsFor } from './threads.ts';
import { nearestRow } from './variants/vectorQuantised.ts';

export interface Clusters {
  /** [k D] */
  readonly centres: Float32Array;
  /** [n] the centre of each row. */
  readonly assigned: Int32Array;
}

/** The same seed gives the same centres. A centre without rows is put where the row is that is farthest from its own. */
export async function kMeans(rows: Rows, k: number, random: Random, iterations = 20): Promise<Clusters> {
  const nearest = await NearestCentre.create(rows, k);
  try {
    let centres = await seededCentres(rows, k, random);
    let assigned = await nearest.of(centres);
    for (let i = 0; i < iterations; i++) {
      centres = means(rows, assigned.centre, assigned.distance, k);
      const next = await nearest.of(centres);
      const isSettled = next.centre.every((centre, row) => centre === assigned.centre[row]);
      assigned = next;
      if (isSettled) break;
    }
    return { centres, assigned: assigned.centre };
  } finally {
    await nearest.release();
  }
}

/** Centres after which the process answers whoever asks it. */
const centresAtOnce = 32;

async function seededCentres(rows: Rows, k: number, random: Random): Promise<Float32Array> {
  const centres = new Float32Array(k * rows.width);
  const distance = new Float64Array(countOf(rows)).fill(Infinity);
  for (let centre = 0; centre < k; centre++) {
    if (centre % centresAtOnce === centresAtOnce - 1) await new Promise<void>((resolve) => setImmediate(resolve));
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

/** Products of a run at once. */
const productsAtOnce = 2 ** 22;

/** The centre that is nearest to each of the same rows, of equally near ones the first. */
class NearestCentre {
  readonly #rows: Rows;
  readonly #session: Session;
  readonly #count: number;

  private constructor(rows: Rows, count: number, session: Session) {
    this.#rows = rows;
    this.#count = count;
    this.#session = session;
  }

  static async create(rows: Rows, count: number): Promise<NearestCentre> {
    const g = new GraphBuilder('nearest centre', { D: rows.width, F: count });
    const [x, centres] = [g.input('x', 'B D'), g.parameter('centres', 'F D')];
    g.output('centre', g.toFloat(nearestRow(g, x, centres)));
    const lowered = lower(g.build(), { storage: () => ({ kind: 'input' }) });
    const threads = threadsFor(rowsOfRun(count), { width: rows.width, features: count });
    return new NearestCentre(rows, count, await Session.create(lowered, { memory: [], keepsArena: false, ...threads }));
  }

  async of(centres: Float32Array): Promise<Nearest> {
    const { width, data } = this.#rows;
    const centre = new Int32Array(countOf(this.#rows));
    const fed = { data: centres, shape: [this.#count, width] };
    for (let from = 0; from < centre.length; from += rowsOfRun(this.#count)) {
      const part = data.subarray(from * width, (from + rowsOfRun(this.#count)) * width);
      const x = { data: part, shape: [part.length / width, width] };
      centre.set((await this.#session.run({ x, centres: fed }, ['centre'])).get('centre')?.data ?? [], from);
    }
    const distance = Float64Array.from(centre, (c, row) => squaredWithin(this.#rows, row, centres, c, Infinity));
    return { centre, distance };
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}

function rowsOfRun(count: number): number {
  return Math.max(1, Math.floor(productsAtOnce / count));
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
