/** Heads on a plane: principal components, and UMAP. */
import { Matrix } from 'ml-matrix';
import { PCA } from 'ml-pca';
import { UMAP } from 'umap-js';
import { seededRandom } from '../../tensor/random.ts';

export interface Plane {
  /** [n 2] */
  readonly coordinates: Float32Array;
}

export interface PcaPlane extends Plane {
  /** Share of the variance along each of the two. */
  readonly explained: readonly [number, number];
}

/**
 * Principal components of the vectors whose products are `similarity` [n n], from that matrix centred on both sides (Gower 1966): the
 * coordinates are what PCA of the vectors themselves gives. Each component's largest coordinate is positive.
 */
export function pcaPlane(similarity: Float32Array, n: number): PcaPlane {
  const { rows, order, trace } = centred(similarity, n);
  if (trace <= 1e-12 * n || n < 3) return { coordinates: new Float32Array(2 * n), explained: [0, 0] };
  const pca = new PCA(rows, { method: 'NIPALS', nCompNIPALS: 2, center: false });
  const coordinates = new Float32Array(2 * n);
  const explained: [number, number] = [0, 0];
  for (const component of [0, 1] as const) {
    // NIPALS of a symmetric matrix gives the square of its eigenvalue.
    const eigenvalue = Math.sqrt(pca.getEigenvalues()[component] ?? 0);
    if (!(eigenvalue > 1e-9 * trace)) continue;
    const axis = pca.getEigenvectors().getColumn(component);
    const sign = axis.reduce((most, value) => (Math.abs(value) > Math.abs(most) + 1e-9 ? value : most), 0) < 0 ? -1 : 1;
    axis.forEach(
      (value, i) => (coordinates[2 * (order[i] as number) + component] = sign * value * Math.sqrt(eigenvalue)),
    );
    explained[component] = eigenvalue / trace;
  }
  return { coordinates, explained };
}

/** J S J with J = I - 1 / n, rows and columns in an order that puts the vector furthest from the mean first, where NIPALS starts. */
function centred(similarity: Float32Array, n: number): { rows: Matrix; order: readonly number[]; trace: number } {
  const means = Array.from({ length: n }, (_, i) => {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += similarity[i * n + j] as number;
    return sum / n;
  });
  const mean = means.reduce((sum, value) => sum + value, 0) / n;
  const at = (i: number, j: number) =>
    (similarity[i * n + j] as number) - (means[i] as number) - (means[j] as number) + mean;
  const order = Array.from({ length: n }, (_, i) => i).sort((a, b) => at(b, b) - at(a, a) || a - b);
  const rows = new Matrix(n, n);
  for (const [i, a] of order.entries()) for (const [j, b] of order.entries()) rows.set(i, j, at(a, b));
  return { rows, order, trace: order.reduce((sum, i) => sum + at(i, i), 0) };
}

export interface UmapSettings {
  readonly neighbours: number;
  readonly minDistance: number;
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
}

/** Indices and similarities of the nearest others of each head, nearest first. */
export interface Neighbours {
  /** [n k] */
  readonly indices: Uint32Array;
  readonly similarities: Float32Array;
}

/** The k most similar others; of equals, the one with the lower number. */
export function nearest(similarity: Float32Array, n: number, k: number): Neighbours {
  const indices = new Uint32Array(n * k);
  const similarities = new Float32Array(n * k);
  for (let i = 0; i < n; i++) {
    const row = similarity.subarray(i * n, (i + 1) * n);
    const order = Array.from({ length: n }, (_, j) => j).filter((j) => j !== i);
    order.sort((a, b) => (row[b] as number) - (row[a] as number) || a - b);
    for (const [place, j] of order.slice(0, k).entries()) {
      indices[i * k + place] = j;
      similarities[i * k + place] = row[j] as number;
    }
  }
  return { indices, similarities };
}

/**
 * UMAP (McInnes et al. 2018) on distance sqrt(2 - 2 similarity), that of vectors of length 1, from exact neighbours. The same seed
 * gives the same plane. Null where there are not more heads than neighbours.
 */
export async function umapPlane(similarity: Float32Array, n: number, settings: UmapSettings): Promise<Plane | null> {
  const { neighbours, minDistance, seed, signal } = settings;
  if (n <= neighbours + 1) return null;
  const random = seededRandom(seed);
  const umap = new UMAP({ nNeighbors: neighbours, minDist: minDistance, random: () => random.next() });
  const { indices, distances } = withSelf(nearest(similarity, n, neighbours - 1), n, neighbours - 1);
  umap.setPrecomputedKNN(indices, distances);
  // With neighbours given, the points are only counted.
  const points = Array.from({ length: n }, (_, i) => [i]);
  const placed = await umap.fitAsync(points, () => signal?.aborted !== true);
  signal?.throwIfAborted();
  return { coordinates: Float32Array.from(placed.flat()) };
}

/** Lists as UMAP takes them: each point is its own first neighbour. */
function withSelf({ indices, similarities }: Neighbours, n: number, k: number) {
  const lists = Array.from({ length: n }, (_, i) => ({
    indices: [i, ...indices.subarray(i * k, (i + 1) * k)],
    distances: [0, ...Array.from(similarities.subarray(i * k, (i + 1) * k), (s) => Math.sqrt(Math.max(0, 2 - 2 * s)))],
  }));
  return { indices: lists.map((list) => list.indices), distances: lists.map((list) => list.distances) };
}
