/** Streaming heads on a planted model: the one that copies from far back must not be among them. */
import { describe, expect, it } from 'vitest';
import { openModel } from '../../../engine/run/index.ts';
import type { QualityEvent } from '../../../engine/scores/deployed/deployedQuality.ts';
import { choicesIn, deployedQuality } from '../../../engine/scores/deployed/deployedQuality.ts';
import { tokenPredictions } from '../../../engine/scores/deployed/tokenPredictions.ts';
import { logSumExp } from '../../../engine/tasks/metrics.ts';
import { seededRandom } from '../../../engine/tensor/random.ts';

const path = 'fixtures/models/planted-induction';

/** BOS, 24 different tokens and the same again: all but the first of these can be known. */
function text(seed: number) {
  const drawn = seededRandom(seed)
    .shuffled(Array.from({ length: 62 }, (_, i) => i + 2))
    .slice(0, 24);
  const ids = [0, ...drawn, ...drawn];
  return { ids, labels: new Float32Array(ids.length), answers: [[26, 49]] as const };
}

type Quality = Extract<QualityEvent, { readonly kind: 'quality' }>;

describe('the quality of streaming heads', () => {
  it('falls where a head streams that copies from far back, and only there', async () => {
    const model = await openModel(path);
    const one = (layer: number, head: number) =>
      Array.from({ length: 2 }, (_, l) => Array.from({ length: 4 }, (__, h) => (l === layer && h === head ? 1 : 0)));
    const keepsCopying = { name: 'keeps', scores: one(1, 1) };
    const losesCopying = { name: 'loses', scores: one(1, 1).map((row) => row.map((score) => 1 - score)) };
    const request = {
      ...{ rankings: [keepsCopying, losesCopying], window: { sink: 1, recent: 8 }, sparsities: [0.125, 0.875] },
      ...{ draws: 2, seed: 0, passkeyTexts: [1, 2, 3].map(text), plainTexts: [4, 5].map((seed) => text(seed).ids) },
    };
    const found: Quality[] = [];
    for await (const event of deployedQuality(model, request)) if (event.kind === 'quality') found.push(event);
    expect(found).toHaveLength(choicesIn(request));
    const by = (ranking: string | null, sparsity: number) =>
      found.find((row) => row.ranking === ranking && row.sparsity === sparsity) ?? expect.fail('no such row');
    expect(by(null, 0).correct.mean).toBe(1);
    expect(by('keeps', 0.875).streaming).toHaveLength(7);
    expect(by('keeps', 0.875).correct.mean).toBe(1);
    expect(by('loses', 0.125).streaming).toEqual([{ layer: 1, kvHead: 1 }]);
    expect(by('loses', 0.125).correct.mean).toBeLessThan(0.2);
    expect(by('loses', 0.125).loss.mean).toBeGreaterThan(by('keeps', 0.125).loss.mean);
    // Those that are known are left out, and the others are the same.
    const rest: Quality[] = [];
    for await (const event of deployedQuality(model, { ...request, done: 6 })) {
      if (event.kind === 'quality') rest.push(event);
    }
    expect(rest).toEqual(found.slice(6));
    await model.dispose();
  });

  it('is read from the same logits that a run gives', async () => {
    const model = await openModel(path);
    const { ids } = text(9);
    const positions = [3, 30, 48];
    const found = await model.exclusive(() => tokenPredictions(model, { ids, positions, edits: [] }));
    const { logits } = await model.forward({ ids: [ids] });
    const width = model.family.shape.outputVocabulary;
    positions.forEach((position, i) => {
      const row = logits?.data.subarray((position - 1) * width, position * width) ?? new Float32Array(width);
      const own = row[ids[position] ?? 0] ?? NaN;
      expect(found[i]?.logProbability).toBeCloseTo(own - logSumExp(row), 4);
      expect(found[i]?.isFirst).toBe(Math.max(...row) === own);
    });
    await model.dispose();
  });
});
