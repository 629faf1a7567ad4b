/** Which heads are alike: similarities, nearest neighbours and two planes. */
import type { Model } from '../../run/index.ts';
import { programBoundary } from '../../run/turns.ts';
import { Fault } from '../../terms/fault.ts';
import { dot } from '../weights/dot.ts';
import type { Descriptors, DescriptorsRequest, HeadFeature } from './descriptors.ts';
import { describeHeads } from './descriptors.ts';
import type { Neighbours, PcaPlane, Plane } from './layouts.ts';
import { nearest, pcaPlane, umapPlane } from './layouts.ts';

/** Heads in a map: all similarities are 16 MB then. */
const MOST_HEADS = 2048;

export interface HeadMapRequest extends DescriptorsRequest {
  readonly feature: HeadFeature;
  /** Of each head, in the list and in UMAP. */
  readonly neighbours: number;
  readonly minDistance: number;
}

export interface HeadMap {
  /** [n n], n = layers x heads, -1 to 1; a head whose descriptor is 0 is like none. */
  readonly similarity: Float32Array;
  /** Neighbours of each head. */
  readonly k: number;
  readonly nearest: Neighbours;
  readonly pca: PcaPlane;
  readonly umap: Plane | null;
}

/** Throws Fault for no prompts, prompts of one token, and a model with too many heads. */
export async function headMap(model: Model, request: HeadMapRequest): Promise<HeadMap> {
  const { layers, heads } = model.family.shape;
  const n = layers * heads;
  checkMap(n, request);
  const { feature, neighbours, minDistance, seed, signal } = request;
  const similarity = await similarities(await describeHeads(model, feature, request), signal);
  const k = Math.min(neighbours, n - 1);
  return {
    ...{ similarity, k },
    nearest: nearest(similarity, n, k),
    pca: pcaPlane(similarity, n),
    umap: await umapPlane(similarity, n, { neighbours, minDistance, seed, signal }),
  };
}

function checkMap(n: number, { prompts }: HeadMapRequest): void {
  if (n > MOST_HEADS) {
    throw new Fault({ what: 'too many heads for a map', expected: `at most ${MOST_HEADS}`, got: String(n) });
  }
  if (prompts.some(({ ids }) => ids.length > 1)) return;
  throw new Fault({ what: 'no prompts to compare heads on', expected: 'at least one of two tokens or more' });
}

/** Cosines of all pairs [n n]. */
export async function similarities(descriptors: Descriptors, signal?: AbortSignal): Promise<Float32Array> {
  const n = descriptors.length;
  const units = descriptors.map(toUnit);
  const similarity = new Float32Array(n * n);
  for (const [i, a] of units.entries()) {
    signal?.throwIfAborted();
    if (i % 64 === 63) await programBoundary();
    for (let j = 0; j <= i; j++) {
      const cosine = dot(a, units[j] as Float32Array);
      similarity[i * n + j] = cosine;
      similarity[j * n + i] = cosine;
    }
  }
  return similarity;
}

function toUnit(vector: Float32Array): Float32Array {
  const length = Math.sqrt(dot(vector, vector));
  return length === 0 ? vector : vector.map((value) => value / length);
}
