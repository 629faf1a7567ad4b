/**
 * The eigenvectors of the largest eigenvalues of a symmetric matrix: block Lanczos with Rayleigh-Ritz and thick restarts (Wu and
 * Simon 2000), where each restart goes on from the residuals of what is not there yet (Davidson 1975). The matrix is multiplied
 * in float32 on ONNX Runtime; the basis is float64 and orthogonalised twice.
 */
import { GraphBuilder } from '../engine/graph/builder.ts';
import { lower } from '../engine/graph/lower.ts';
import { Session } from '../engine/run/ort.ts';
import type { Random } from '../engine/tensor/random.ts';
import type { Pauses } from './pauses.ts';
import { product } from './product.ts';
import { symmetricEigen } from './symmetricEigen.ts';

export interface LeadingEigenvectors {
  /** [count] descending. */
  readonly values: Float64Array;
  /** [count n] rows of length 1. */
  readonly vectors: Float64Array;
}

export interface LeadingOptions {
  readonly random: Random;
  readonly pauses: Pauses;
}

/** Vectors that join the basis at once. */
const block = 16;
const mostRestarts = 40;

/** A pair is there at |A v - l v| <= 1e-4 l + 1e-6 l_1: the value is then off by the square of that over the gap. */
function isThere(residual: number, value: number, largest: number): boolean {
  return residual <= 1e-4 * Math.abs(value) + 1e-6 * Math.abs(largest);
}

/** Of `matrix` [n n] with `count` <= n / 8; null where it has not come that near after 40 restarts. */
export async function leadingEigenvectors(
  matrix: Float64Array,
  n: number,
  count: number,
  { random, pauses }: LeadingOptions,
): Promise<LeadingEigenvectors | null> {
  const times = await MatrixProduct.create(matrix, n);
  const basis = new Basis(n, { random, pauses });
  const [kept, most] = [count + block, 2 * count + 6 * block];
  try {
    await basis.add(drawn(block, n, random));
    for (let restart = 0; restart <= mostRestarts; restart++) {
      while (basis.images.length < most) {
        const images = await times.of(basis.vectors.slice(basis.images.length));
        basis.images.push(...images);
        if (basis.images.length < most) await basis.add(images);
      }
      const found = await ritzPairs(basis, kept, pauses);
      const open = Array.from(found.values.keys()).filter((i) => !isAt(found, i));
      if (!open.some((i) => i < count)) return flat(found, count);
      basis.restart(found);
      await basis.add(open.slice(0, block).map((i) => found.residuals[i] as Float64Array));
    }
    return null;
  } finally {
    await times.release();
  }
}

/** The matrix times vectors. */
class MatrixProduct {
  readonly #matrix: Float32Array;
  readonly #n: number;
  readonly #session: Session;

  private constructor(matrix: Float32Array, n: number, session: Session) {
    this.#matrix = matrix;
    this.#n = n;
    this.#session = session;
  }

  static async create(matrix: Float64Array, n: number): Promise<MatrixProduct> {
    const g = new GraphBuilder('symmetric product', { D: n, F: n });
    g.output('images', g.contract(g.input('vectors', 'B D'), g.input('matrix', 'F D'), 'B F'));
    const program = lower(g.build(), { storage: () => ({ kind: 'input' }) });
    const session = await Session.create(program, { memory: [], keepsArena: false });
    return new MatrixProduct(new Float32Array(matrix), n, session);
  }

  async of(vectors: readonly Float64Array[]): Promise<Float64Array[]> {
    const n = this.#n;
    const data = new Float32Array(vectors.length * n);
    vectors.forEach((vector, i) => data.set(vector, i * n));
    const feeds = {
      vectors: { data, shape: [vectors.length, n] },
      matrix: { data: this.#matrix, shape: [n, n] },
    };
    const images = (await this.#session.run(feeds, ['images'])).get('images')?.data ?? new Float32Array();
    return vectors.map((_, i) => Float64Array.from(images.subarray(i * n, (i + 1) * n)));
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}

interface RitzPairs {
  readonly values: readonly number[];
  readonly vectors: readonly Float64Array[];
  readonly images: readonly Float64Array[];
  /** A v - l v */
  readonly residuals: readonly Float64Array[];
}

function isAt({ values, residuals }: RitzPairs, i: number): boolean {
  const residual = residuals[i] as Float64Array;
  return isThere(Math.sqrt(product(residual, residual)), values[i] as number, values[0] as number);
}

/** Orthonormal vectors, and what the matrix makes of the first of them. */
class Basis {
  vectors: Float64Array[] = [];
  images: Float64Array[] = [];
  readonly #n: number;
  readonly #random: Random;
  readonly #pauses: Pauses;

  constructor(n: number, { random, pauses }: LeadingOptions) {
    [this.#n, this.#random, this.#pauses] = [n, random, pauses];
  }

  /** What is new in these vectors; in place of one that adds nothing another is drawn. */
  async add(vectors: readonly Float64Array[]): Promise<void> {
    for (const vector of vectors) {
      let added = this.#newPart(vector);
      while (added === null) added = this.#newPart(drawn(1, this.#n, this.#random)[0] as Float64Array);
      this.vectors.push(added);
      await this.#pauses.letIn();
    }
  }

  restart({ vectors, images }: RitzPairs): void {
    this.vectors = [...vectors];
    this.images = [...images];
  }

  /** Of length 1 and orthogonal to all; null where nothing but rounding is left. */
  #newPart(vector: Float64Array): Float64Array | null {
    const part = vector.slice();
    const before = Math.sqrt(product(part, part));
    for (let pass = 0; pass < 2; pass++) for (const other of this.vectors) addTimes(part, other, -product(part, other));
    const after = Math.sqrt(product(part, part));
    return after > 1e-9 * before ? part.map((value) => value / after) : null;
  }
}

/** Rayleigh-Ritz: eigenvectors of V A V^T, the leading ones in terms of the whole space. */
async function ritzPairs({ vectors, images }: Basis, kept: number, pauses: Pauses): Promise<RitzPairs> {
  const size = vectors.length;
  const inside = await withinSpace(vectors, images, pauses);
  const { values, vectors: weights } = await symmetricEigen(inside, size, { vectors: true, pauses });
  const leading = Array.from(values.subarray(0, kept));
  const pairs = { values: leading, vectors: [] as Float64Array[], images: [] as Float64Array[] };
  for (const i of leading.keys()) {
    const own = (weights as Float64Array).subarray(i * size, (i + 1) * size);
    pairs.vectors.push(combined(vectors, own));
    pairs.images.push(combined(images, own));
    await pauses.letIn();
  }
  const residuals = leading.map((value, i) => {
    const residual = (pairs.images[i] as Float64Array).slice();
    addTimes(residual, pairs.vectors[i] as Float64Array, -value);
    return residual;
  });
  return { ...pairs, residuals };
}

/** V A V^T, its lower half. */
async function withinSpace(
  vectors: readonly Float64Array[],
  images: readonly Float64Array[],
  pauses: Pauses,
): Promise<Float64Array> {
  const size = vectors.length;
  const inside = new Float64Array(size * size);
  const entry = (i: number, j: number) => product(vectors[i] as Float64Array, images[j] as Float64Array);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) inside[i * size + j] = (entry(i, j) + entry(j, i)) / 2;
    await pauses.letIn();
  }
  return inside;
}

function combined(vectors: readonly Float64Array[], weights: Float64Array): Float64Array {
  const sum = new Float64Array(vectors[0]?.length ?? 0);
  vectors.forEach((vector, i) => addTimes(sum, vector, weights[i] as number));
  return sum;
}

function drawn(count: number, n: number, random: Random): Float64Array[] {
  return Array.from({ length: count }, () => Float64Array.from({ length: n }, () => random.normal()));
}

function flat({ values, vectors }: RitzPairs, count: number): LeadingEigenvectors {
  const n = vectors[0]?.length ?? 0;
  const rows = new Float64Array(count * n);
  vectors.slice(0, count).forEach((vector, i) => rows.set(vector, i * n));
  return { values: Float64Array.from(values.slice(0, count)), vectors: rows };
}

/** x += factor y */
function addTimes(x: Float64Array, y: Float64Array, factor: number): void {
  for (let i = 0; i < x.length; i++) x[i] = (x[i] as number) + factor * (y[i] as number);
}
