/** The map of heads that are alike, as numbers and words. */
import { describe, expect, it } from 'vitest';
import type { HeadMapResult } from '../../../engine/results/headMap.ts';
import { headMapRequest } from '../../../engine/results/headMap.ts';
import type { MeasuredOn } from '../../../renderer/state/workspace.ts';
import {
  headAt,
  neighboursOf,
  pointsOf,
  similarityCsv,
  similarityRows,
} from '../../../renderer/views/heads/similarityRows.ts';
import { isAskedOn, similarityRequest } from '../../../renderer/views/heads/similarityStore.ts';
import { axisTitles, mapCaption } from '../../../renderer/views/heads/similarityWords.ts';
import { model } from '../api/sampleRows.ts';
import { measureOf } from './headsSample.ts';

/** Two layers of two heads; L0H0 and L1H1 are alike. */
const map: HeadMapResult = {
  ...{ model, feature: 'pattern', layers: 2, heads: 2, prompts: { dataset: 'ioi', n: 8, tokens: 1234 }, k: 2 },
  similarity: new Float32Array(16),
  neighbours: Uint32Array.from([3, 1, 0, 2, 1, 3, 0, 1]),
  neighbourSimilarity: Float32Array.from([0.75, 0.25, 0.25, 0.125, 0.125, 0, 0.75, 0.5]),
  pca: Float32Array.from([1, 2, 3, 4, 5, 6, 7, 8]),
  explained: [0.5, 0.25],
  umap: null,
  seconds: 1,
};
const on: MeasuredOn = { model: '/m', prompts: { kind: 'task', task: 'ioi', n: 8, seed: 3 }, seed: 3 };
const settings = { feature: 'pattern', neighbours: 10, seed: 0 } as const;

describe('a map of heads', () => {
  it('names the heads most like one, the most similar first', () => {
    const [first, second] = neighboursOf(map, 0, 5);
    expect(first).toEqual({ head: { layer: 1, head: 1 }, at: 3, similarity: 0.75 });
    expect(second?.at).toBe(1);
    expect(neighboursOf(map, 0, 1)).toHaveLength(1);
    expect(headAt(map, 2)).toEqual({ layer: 1, head: 0 });
  });

  it('has a point for each head, or no plane where there are too few heads', () => {
    const points = pointsOf(map, 'pca');
    expect([Array.from(points?.x ?? []), Array.from(points?.y ?? [])]).toEqual([
      [1, 3, 5, 7],
      [2, 4, 6, 8],
    ]);
    expect(pointsOf(map, 'umap')).toBeNull();
  });

  it('is a table, and a file with the number that colours it', () => {
    const points = pointsOf(map, 'pca');
    if (points === null) throw new RangeError('no plane');
    const measure = measureOf([0.5, NaN, 1, 2], { title: 'Induction' });
    const rows = similarityRows(map, points, measure);
    expect(rows[3]).toMatchObject({ name: 'L1H1', x: 7, y: 8, value: 2 });
    const [head, first] = similarityCsv(rows, axisTitles(map, 'pca'), measure).split(/\r?\n/);
    expect(head).toContain('Induction,like_1,cosine_1');
    expect(first).toMatch(/^L0H0,1,2,0\.5,L1H1,0\.75,L0H1,0\.25/);
  });
});

describe('words of a map', () => {
  it('say what PCA keeps, and what UMAP does not say', () => {
    expect(axisTitles(map, 'pca')).toEqual(['PC 1, 50.0 % of the variance', 'PC 2, 25.0 % of the variance']);
    expect(mapCaption(map, settings, 'pca')).toMatch(/rule M1.*ioi, n 8, 1,234 tokens.*keeps 75\.0 %.*not importance/);
    expect(mapCaption(map, settings, 'umap')).toMatch(/10 neighbours, seed 0: .* how far little/);
  });
});

describe('a request for a map', () => {
  it('is one that the contract takes, for every feature', () => {
    for (const feature of ['pattern', 'write', 'scores'] as const) {
      expect(headMapRequest.safeParse(similarityRequest(on, { ...settings, feature })).error).toBeUndefined();
    }
  });

  it('belongs to its prompts and model, whatever is chosen for the next one', () => {
    const asked = similarityRequest(on, settings);
    expect(isAskedOn(asked, on)).toBe(true);
    expect(isAskedOn(asked, { ...on, model: '/other' })).toBe(false);
    expect(isAskedOn(asked, { ...on, prompts: { kind: 'task', task: 'ioi', n: 9, seed: 3 } })).toBe(false);
    expect(isAskedOn(asked, null)).toBe(false);
    expect(isAskedOn(null, on)).toBe(false);
  });
});
