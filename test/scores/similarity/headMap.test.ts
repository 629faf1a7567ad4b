import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Model } from '../../../engine/run/index.ts';
import { openModel } from '../../../engine/run/index.ts';
import type { ScorePrompt } from '../../../engine/scores/headScore.ts';
import { repeatedTokens } from '../../../engine/scores/repeatedTokens.ts';
import { describeHeads } from '../../../engine/scores/similarity/descriptors.ts';
import type { HeadMap, HeadMapRequest } from '../../../engine/scores/similarity/headMap.ts';
import { headMap, similarities } from '../../../engine/scores/similarity/headMap.ts';
import { nearest, pcaPlane, umapPlane } from '../../../engine/scores/similarity/layouts.ts';
import { seededRandom } from '../../../engine/tensor/random.ts';

/** Points of three heaps in eight dimensions, as vectors of length 1. */
function heaps(perHeap: number): { readonly vectors: Float32Array[]; readonly heapOf: (i: number) => number } {
  const random = seededRandom(5);
  const centres = [0, 1, 2].map(() => Array.from({ length: 8 }, () => random.normal()));
  const vectors = centres.flatMap((centre) =>
    Array.from({ length: perHeap }, () => Float32Array.from(centre, (x) => x + 0.05 * random.normal())),
  );
  return { vectors, heapOf: (i) => Math.floor(i / perHeap) };
}

function distance(plane: Float32Array, i: number, j: number): number {
  const at = (k: number) => plane[k] ?? NaN;
  return Math.hypot(at(2 * i) - at(2 * j), at(2 * i + 1) - at(2 * j + 1));
}

/** Does every point lie nearer to all of its own heap than to any other? */
function isApart(plane: Float32Array, heapOf: (i: number) => number): boolean {
  const all = Array.from({ length: plane.length / 2 }, (_, i) => i);
  const furthest = Math.max(
    ...all.flatMap((i) => all.filter((j) => heapOf(i) === heapOf(j)).map((j) => distance(plane, i, j))),
  );
  const closest = Math.min(
    ...all.flatMap((i) => all.filter((j) => heapOf(i) !== heapOf(j)).map((j) => distance(plane, i, j))),
  );
  return furthest < closest;
}

describe('planes', () => {
  it('keep heaps apart, the same ones for the same seed', async () => {
    const { vectors, heapOf } = heaps(8);
    const similarity = await similarities(vectors);
    const n = vectors.length;
    const pca = pcaPlane(similarity, n);
    expect(isApart(pca.coordinates, heapOf)).toBe(true);
    expect(pca.explained[0]).toBeGreaterThanOrEqual(pca.explained[1]);
    expect(pca.explained[0] + pca.explained[1]).toBeGreaterThan(0.9);
    const settings = { neighbours: 6, minDistance: 0.1, seed: 3 };
    const [one, again] = [await umapPlane(similarity, n, settings), await umapPlane(similarity, n, settings)];
    expect(one).toEqual(again);
    expect(isApart(one?.coordinates ?? new Float32Array(0), heapOf)).toBe(true);
  });

  it('PCA is exact: the distances of points that lie in a plane', async () => {
    const angles = [0, 0.3, 1, 2, 2.5, 4];
    const vectors = angles.map((angle) => Float32Array.of(Math.cos(angle), 0, Math.sin(angle)));
    const { coordinates, explained } = pcaPlane(await similarities(vectors), angles.length);
    expect(explained[0] + explained[1]).toBeCloseTo(1, 6);
    for (const [i, a] of angles.entries()) {
      for (const [j, b] of angles.entries()) {
        expect(distance(coordinates, i, j)).toBeCloseTo(2 * Math.abs(Math.sin((a - b) / 2)), 4);
      }
    }
  });

  it('of heads that are all alike are one point, and of too few heads UMAP is none', async () => {
    const alike = await similarities(Array.from({ length: 5 }, () => Float32Array.of(1, 2, 3)));
    expect([...pcaPlane(alike, 5).coordinates].every((x) => Math.abs(x) < 1e-3)).toBe(true);
    expect(await umapPlane(alike, 5, { neighbours: 5, minDistance: 0.1, seed: 0 })).toBeNull();
  });

  it('neighbours are the most similar others; equals in the order of heads', () => {
    const similarity = Float32Array.of(1, 0.5, 0.5, 0.5, 1, 0.9, 0.5, 0.9, 1);
    expect([...nearest(similarity, 3, 2).indices]).toEqual([1, 2, 2, 0, 1, 0]);
  });
});

describe('heads of a model that is known', () => {
  let model: Model;
  let prompts: readonly ScorePrompt[];
  const settings = { neighbours: 3, minDistance: 0.1, seed: 0 };
  const maps = new Map<string, Promise<HeadMap>>();
  const mapBy = (feature: HeadMapRequest['feature']): Promise<HeadMap> => {
    const made = maps.get(feature) ?? headMap(model, { ...settings, feature, prompts });
    maps.set(feature, made);
    return made;
  };

  beforeAll(async () => {
    model = await openModel('fixtures/models/tiny-heads');
    const { vocabulary, context } = model.family.shape;
    const drawn = { n: 4, context, random: seededRandom(1), tokenizer: null, bosId: null, vocabulary, length: 20 };
    prompts = repeatedTokens(drawn).prompts;
  });
  afterAll(() => model.dispose());

  it.each(['pattern', 'write', 'scores'] as const)(
    'by %s: itself is most similar, both ways alike',
    async (feature) => {
      const { similarity, pca, umap } = await mapBy(feature);
      const n = 32;
      expect(similarity).toHaveLength(n * n);
      for (let i = 0; i < n; i++) {
        expect(similarity[i * n + i]).toBeCloseTo(1, 4);
        for (let j = 0; j < n; j++) {
          expect(similarity[i * n + j]).toBe(similarity[j * n + i]);
          expect(Math.abs(similarity[i * n + j] ?? NaN)).toBeLessThan(1 + 1e-4);
        }
      }
      for (const plane of [pca, umap])
        expect([...(plane?.coordinates ?? [])].filter(Number.isFinite)).toHaveLength(2 * n);
    },
  );

  it('by pattern: induction heads are most like induction heads', async () => {
    const { nearest: found, k } = await mapBy('pattern');
    // All eight heads of layer 2 are induction heads (README).
    for (let head = 16; head < 24; head++) {
      const near = [...found.indices.subarray(head * k, (head + 1) * k)];
      expect(near.filter((other) => other >= 16 && other < 24).length).toBeGreaterThanOrEqual(2);
    }
  });

  it('by pattern: the similarity is the mean overlap of rows of attention', async () => {
    const [prompt] = prompts;
    if (prompt === undefined) throw new RangeError('no prompt');
    const descriptors = await describeHeads(model, 'pattern', { prompts: [prompt], seed: 0 });
    const similarity = await similarities(descriptors);
    const { length } = prompt.ids;
    const activations = await model.forward({ ids: [prompt.ids], capture: [{ site: 'pattern' }], logits: 'none' });
    const weight = (head: number, q: number, key: number): number => {
      const { data } = activations.get('pattern', Math.floor(head / 8));
      return data[((head % 8) * length + q) * length + key] ?? NaN;
    };
    // 40 tokens: every query is sampled.
    for (const [a, b] of [
      [0, 9],
      [17, 18],
    ] as const) {
      let sum = 0;
      for (let q = 1; q < length; q++) {
        for (let key = 0; key <= q; key++) sum += Math.sqrt(weight(a, q, key) * weight(b, q, key));
      }
      expect(similarity[a * 32 + b]).toBeCloseTo(sum / (length - 1), 4);
    }
  });

  it('is refused without two tokens to look at', async () => {
    const [prompt] = prompts;
    if (prompt === undefined) throw new RangeError('no prompt');
    const one = { ...prompt, ids: prompt.ids.slice(0, 1) };
    await expect(headMap(model, { ...settings, feature: 'pattern', prompts: [one] })).rejects.toThrow(/no prompts/);
  });
});
