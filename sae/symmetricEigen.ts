/**
 * Eigenvalues and eigenvectors of a symmetric matrix in float64: Householder's reduction to three diagonals (Martin, Reinsch and
 * Wilkinson 1968), then implicit QL (Dubrulle, Martin and Wilkinson 1968). Everything goes along rows as they lie in memory. About
 * 2/3 n^3 multiplications for the values, 3 n^3 more for the vectors; it lets messages in between, which ml-matrix' decomposition, 3 s at n = 576, does not.
 */
import type { Pauses } from './pauses.ts';

export interface SymmetricEigen {
  /** [n] descending. */
  readonly values: Float64Array;
  /** [n n] rows, that of the largest value first; null where only values were asked for. */
  readonly vectors: Float64Array | null;
}

export interface EigenOptions {
  readonly vectors: boolean;
  readonly pauses: Pauses;
}

/** `matrix` [n n], of which the lower half is read; it is overwritten. */
export async function symmetricEigen(matrix: Float64Array, n: number, options: EigenOptions): Promise<SymmetricEigen> {
  const { vectors, pauses } = options;
  const [diagonal, beside, halves] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)];
  for (let i = n - 1; i > 0; i--) {
    reduceRow(matrix, n, i, beside, halves);
    await pauses.letIn();
  }
  for (let i = 0; i < n; i++) diagonal[i] = at(matrix, i * n + i);
  const turned = vectors ? await accumulated(matrix, n, halves, pauses) : null;
  await implicitQL(diagonal, beside, turned, pauses);
  return sorted(diagonal, turned, n);
}

/**
 * Row i becomes 0 left of the entry beside the diagonal, A' = P A P with P = 1 - u u^T / h. u stays in row i, h in halves[i] (0
 * where nothing was to do), and the entry is beside[i].
 */
function reduceRow(a: Float64Array, n: number, i: number, beside: Float64Array, halves: Float64Array): void {
  const u = a.subarray(i * n, i * n + i);
  const last = at(u, i - 1);
  const rest = dot(u, u, i - 1);
  if (rest === 0) {
    beside[i] = last;
    return;
  }
  const length = Math.sqrt(rest + last * last) * (last > 0 ? -1 : 1);
  beside[i] = length;
  u[i - 1] = last - length;
  const half = rest + last * last - last * length;
  halves[i] = half;
  const p = new Float64Array(i);
  for (let j = 0; j < i; j++) {
    const row = a.subarray(j * n, j * n + j);
    p[j] = at(p, j) + dot(row, u, j) + at(a, j * n + j) * at(u, j);
    addTimes(p, row, at(u, j), j);
  }
  for (let j = 0; j < i; j++) p[j] = at(p, j) / half;
  addTimes(p, u, -dot(u, p, i) / (2 * half), i);
  for (let j = 0; j < i; j++) takeProducts(a.subarray(j * n, j * n + j + 1), u, p, j);
}

/** row -= u_j p + p_j u, up to its diagonal. */
function takeProducts(row: Float64Array, u: Float64Array, p: Float64Array, j: number): void {
  const [x, y] = [at(u, j), at(p, j)];
  for (let k = 0; k <= j; k++) row[k] = at(row, k) - x * at(p, k) - y * at(u, k);
}

/** [n n] the product of all P, transposed: its rows are turned into eigenvectors. */
async function accumulated(a: Float64Array, n: number, halves: Float64Array, pauses: Pauses): Promise<Float64Array> {
  const turned = new Float64Array(n * n);
  for (let i = 0; i < n; i++) turned[i * n + i] = 1;
  for (let i = 1; i < n; i++) {
    const half = at(halves, i);
    if (half === 0) continue;
    const u = a.subarray(i * n, i * n + i);
    for (let j = 0; j < i; j++) {
      const row = turned.subarray(j * n, j * n + i);
      addTimes(row, u, -dot(row, u, i) / half, i);
    }
    await pauses.letIn();
  }
  return turned;
}

/** Sweeps for one value; a finite matrix needs one or two. */
const mostSweeps = 60;

/** `diagonal` becomes the eigenvalues; entry i of `beside` stands between i - 1 and i and is negligible below 2^-52 of the norm. */
async function implicitQL(
  diagonal: Float64Array,
  beside: Float64Array,
  turned: Float64Array | null,
  pauses: Pauses,
): Promise<void> {
  const n = diagonal.length;
  const e = beside.slice(1);
  const norm = diagonal.reduce((most, value, i) => Math.max(most, Math.abs(value) + Math.abs(e[i] ?? 0)), 0);
  const negligible = Number.EPSILON * norm;
  for (let first = 0; first < n; first++) {
    for (let sweeps = 0; ; sweeps++) {
      let last = first;
      while (last < n - 1 && !(Math.abs(at(e, last)) <= negligible)) last++;
      if (last === first) break;
      if (sweeps === mostSweeps) throw new RangeError('eigenvalues: the matrix is not finite');
      sweep(diagonal, e, first, last, turned);
      await pauses.letIn();
    }
  }
}

/** One implicit QL step with Wilkinson's shift on the rows first to last. */
function sweep(d: Float64Array, e: Float64Array, first: number, last: number, turned: Float64Array | null): void {
  const ratio = (at(d, first + 1) - at(d, first)) / (2 * at(e, first));
  const shift = at(e, first) / (ratio + Math.sqrt(ratio * ratio + 1) * (ratio < 0 ? -1 : 1));
  let [g, s, c, p] = [at(d, last) - at(d, first) + shift, 1, 1, 0];
  for (let i = last - 1; i >= first; i--) {
    const [f, b] = [s * at(e, i), c * at(e, i)];
    const r = Math.sqrt(f * f + g * g);
    if (i + 1 < last) e[i + 1] = r;
    if (r === 0) {
      d[i + 1] = at(d, i + 1) - p;
      return;
    }
    [s, c] = [f / r, g / r];
    const below = at(d, i + 1) - p;
    const t = (at(d, i) - below) * s + 2 * c * b;
    p = s * t;
    d[i + 1] = below + p;
    g = c * t - b;
    if (turned !== null) rotate(turned, d.length, i, s, c);
  }
  d[first] = at(d, first) - p;
  e[first] = g;
}

/** Rows i and i + 1 turned by an angle of sine s and cosine c. */
function rotate(rows: Float64Array, n: number, i: number, s: number, c: number): void {
  const [upper, lower] = [rows.subarray(i * n, (i + 1) * n), rows.subarray((i + 1) * n, (i + 2) * n)];
  for (let k = 0; k < n; k++) {
    const [x, y] = [at(upper, k), at(lower, k)];
    upper[k] = c * x - s * y;
    lower[k] = s * x + c * y;
  }
}

function sorted(diagonal: Float64Array, turned: Float64Array | null, n: number): SymmetricEigen {
  const order = Array.from(diagonal.keys()).sort((a, b) => at(diagonal, b) - at(diagonal, a));
  const values = Float64Array.from(order, (i) => at(diagonal, i));
  if (turned === null) return { values, vectors: null };
  const vectors = new Float64Array(n * n);
  order.forEach((from, to) => vectors.set(turned.subarray(from * n, (from + 1) * n), to * n));
  return { values, vectors };
}

function dot(a: Float64Array, b: Float64Array, count: number): number {
  let sum = 0;
  for (let k = 0; k < count; k++) sum += at(a, k) * at(b, k);
  return sum;
}

/** x += factor y */
function addTimes(x: Float64Array, y: Float64Array, factor: number, count: number): void {
  for (let k = 0; k < count; k++) x[k] = at(x, k) + factor * at(y, k);
}

function at(values: Float64Array, i: number): number {
  return values[i] as number;
}
