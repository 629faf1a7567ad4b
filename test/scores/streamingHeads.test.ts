/** KV heads that look far back: on planted patterns, and against sums written out. */
import { describe, expect, it } from 'vitest';
import { fileURLToPath } from 'node:url';
import type { Model } from '../../engine/run/index.ts';
import { openModel } from '../../engine/run/index.ts';
import { positionPrior } from '../../engine/scores/streaming/positionPrior.ts';
import { razorKeep } from '../../engine/scores/streaming/razorKeep.ts';
import { razorRanking } from '../../engine/scores/streaming/razorRanking.ts';
import { razorPrompts } from '../../engine/scores/streaming/razorPrompts.ts';
import type { StreamingGroup } from '../../engine/scores/streaming/streamingHeads.ts';
import { streamingHeads } from '../../engine/scores/streaming/streamingHeads.ts';
import { seededRandom } from '../../engine/tensor/random.ts';
import { axisSize } from '../../engine/tensor/tensor.ts';
import { openGolden, randomIds } from '../run/models.ts';

const { signal } = new AbortController();

async function using(model: Model, act: (model: Model) => Promise<void>): Promise<void> {
  try {
    await act(model);
  } finally {
    await model.dispose();
  }
}

async function groupsOf(model: Model, length: number, prior = false): Promise<StreamingGroup[]> {
  const { vocabulary, context } = model.family.shape;
  const { prompts } = razorPrompts({
    n: 2,
    random: seededRandom(1),
    tokenizer: null,
    vocabulary,
    context,
    bosId: 0,
    length,
  });
  const texts = [randomIds(model, 12, 1), randomIds(model, 9, 2)];
  const groups: StreamingGroup[] = [];
  const asked = { prompts, prior: prior ? { texts, length: 30 } : null, seed: 0, signal };
  for await (const event of streamingHeads(model, asked)) if (event.kind === 'group') groups.push(event);
  return groups;
}

describe('the probe of RazorAttention', () => {
  const request = { n: 3, random: seededRandom(2), tokenizer: null, vocabulary: 3000, bosId: 7 };

  it('is K different tokens four times, after BOS, and says how it differs from the paper', () => {
    const { prompts, length, note } = razorPrompts({ ...request, context: 8192 });
    expect(length).toBe(500);
    expect(note).toContain('500 tokens where the paper has 2500');
    for (const { ids } of prompts) {
      expect(ids.length).toBe(2001);
      expect(ids[0]).toBe(7);
      expect(new Set(ids.slice(1, 501)).size).toBe(500);
      for (const copy of [1, 2, 3]) expect(ids.slice(1 + 500 * copy, 501 + 500 * copy)).toEqual(ids.slice(1, 501));
    }
  });

  it('has as many tokens as there is room for', () => {
    expect(razorPrompts({ ...request, context: 64 }).length).toBe(15);
    expect(() => razorPrompts({ ...request, context: 64, length: 16 })).toThrow(
      /expected 2 to 15 \(4 times in a context of 64/,
    );
  });
});

describe('echo and induction of KV heads', () => {
  it('planted: the induction head has all its attention there, and heads of other patterns have none', async () => {
    const folder = fileURLToPath(new URL('../../fixtures/models/planted-induction', import.meta.url));
    await using(await openModel(folder), async (model) => {
      const groups = await groupsOf(model, 12);
      expect(groups.map(({ layer, kvGroup }) => `L${layer}G${kvGroup}`)).toEqual(
        [0, 1].flatMap((layer) => [0, 1, 2, 3].map((group) => `L${layer}G${group}`)),
      );
      const planted = groups.find(({ layer, kvGroup }) => layer === 1 && kvGroup === 1);
      expect(planted?.induction.mean).toBeGreaterThan(0.99);
      expect(planted?.echo.mean).toBeLessThan(0.01);
      const previous = groups.find(({ layer, kvGroup }) => layer === 0 && kvGroup === 2);
      expect([previous?.induction.mean, previous?.echo.mean].every((mean) => (mean ?? 1) < 0.01)).toBe(true);
      const { induction } = razorKeep(groups, { echo: 0, induction: 0.01 });
      expect(induction.map(({ layer, kvGroup }) => [layer, kvGroup])).toEqual([[1, 1]]);
    });
  });

  it('is that of the strongest query head, the mean of the pattern over what RazorAttention masks times a factor', async () => {
    await using(await openGolden('llama-gqa'), async (model) => {
      const K = 6;
      const { prompts } = razorPrompts({
        n: 2,
        random: seededRandom(1),
        tokenizer: null,
        vocabulary: 53,
        context: 64,
        bosId: 0,
        length: K,
      });
      const T = 1 + 4 * K;
      const capture = [{ site: 'pattern' }] as const;
      const values = await model.forward({ ids: prompts.map(({ ids }) => ids), capture, logits: 'none' });
      const { layers, heads, kvHeads } = model.family.shape;
      // Mean over T x T of A times the mask, BOS apart, as their code has it.
      const razor = (layer: number, head: number, shift: 0 | 1) => {
        const { data } = values.get('pattern', layer);
        let sum = 0;
        for (let row = 0; row < 2; row++)
          for (let i = 1; i < T; i++)
            for (let j = 1; j < i; j++)
              if ((i - j) % K === 0) sum += data[((row * heads + head) * T + i) * T + j + shift] ?? NaN;
        return sum / 2 / T ** 2;
      };
      const groups = await groupsOf(model, K);
      const size = heads / kvHeads;
      for (let layer = 0; layer < layers; layer++) {
        for (let group = 0; group < kvHeads; group++) {
          const own = Array.from({ length: size }, (__, i) => group * size + i);
          const found = groups.find((one) => one.layer === layer && one.kvGroup === group);
          const factor = (3 * K) / T ** 2;
          expect((found?.echo.mean ?? NaN) * factor).toBeCloseTo(
            Math.max(...own.map((head) => razor(layer, head, 0))),
            6,
          );
          expect((found?.induction.mean ?? NaN) * factor).toBeCloseTo(
            Math.max(...own.map((head) => razor(layer, head, 1))),
            6,
          );
          expect(own).toContain(found?.echoHead);
        }
      }
    });
  });

  it('equal scores keep no more than asked for', () => {
    const flat = { mean: 0.5, standardError: 0, interval: [0.5, 0.5], n: 1 } as const;
    const groups = Array.from({ length: 10 }, (_, kvGroup): StreamingGroup => ({
      ...{ layer: 0, kvGroup, echo: flat, induction: { ...flat, mean: kvGroup / 10 } },
      ...{ echoHead: 0, inductionHead: 0, prior: null },
    }));
    const { echo, induction, either } = razorKeep(groups, { echo: 0.01, induction: 0.14 });
    expect([echo, induction, either].map((list) => list.map(({ kvGroup }) => kvGroup))).toEqual([
      [0],
      [8, 9],
      [0, 8, 9],
    ]);
    // In any number: what it keeps before all others, and by induction within each part.
    const [order = []] = razorRanking(groups, [either.map(({ kvGroup }) => kvGroup)]);
    const first = order.map((score, kvGroup) => ({ score, kvGroup })).sort((a, b) => b.score - a.score);
    expect(first.map(({ kvGroup }) => kvGroup)).toEqual([9, 8, 0, 7, 6, 5, 4, 3, 2, 1]);
  });
});

describe('the prior of positions', () => {
  it('is the area under the cumulative attention of the mean query on mean keys, rotated', async () => {
    await using(await openGolden('llama-gqa'), async (model) => {
      const texts = [randomIds(model, 12, 1), randomIds(model, 9, 2)];
      const T = 30;
      const found = await positionPrior(model, { texts, length: T, signal });
      const { heads, kvHeads, headWidth } = model.family.shape;
      const frequencies = model.family.rotaryKinds[0]?.frequencies(T) ?? new Float32Array();
      for (const layer of [0, 1]) {
        const means = { q: new Float64Array(heads * headWidth), k: new Float64Array(kvHeads * headWidth) };
        for (const ids of texts) {
          const values = await model.forward({ ids: [ids], capture: [{ site: 'q' }, { site: 'k' }], logits: 'none' });
          for (const site of ['q', 'k'] as const) {
            const value = values.get(site, layer);
            value.data.forEach(
              (x, i) => (means[site][i % means[site].length] = (means[site][i % means[site].length] ?? 0) + x / 21),
            );
            expect(axisSize(value, 'P')).toBe(ids.length);
          }
        }
        for (let head = 0; head < heads; head++) {
          const group = Math.floor(head / (heads / kvHeads));
          const [q, k] = [
            means.q.slice(head * headWidth, (head + 1) * headWidth),
            means.k.slice(group * headWidth, (group + 1) * headWidth),
          ];
          // q_T . k_j = sum over pairs (i, i + H/2) of the rotation by the distance alone.
          const half = headWidth / 2;
          const scores = Array.from(
            { length: T },
            (_, key) =>
              Array.from({ length: half }, (__, i) => {
                const angle = (T - 1 - key) * (frequencies[i] ?? 0);
                const [a, b, c, d] = [q[i] ?? 0, q[i + half] ?? 0, k[i] ?? 0, k[i + half] ?? 0];
                return (a * c + b * d) * Math.cos(angle) + (a * d - b * c) * Math.sin(angle);
              }).reduce((x, y) => x + y, 0) / Math.sqrt(headWidth),
          );
          const weights = scores.map((score) => Math.exp(score));
          const sum = weights.reduce((x, y) => x + y, 0);
          let [cumulative, area] = [0, 0];
          for (const weight of weights) area += (cumulative += weight / sum) / T;
          expect(found[layer]?.[head]).toBeCloseTo(area, 5);
        }
      }
      const groups = await groupsOf(model, 6, true);
      expect(groups[0]?.prior).toBeCloseTo(((found[0]?.[0] ?? NaN) + (found[0]?.[1] ?? NaN)) / 2, 6);
    });
  });

  it('of ALiBi looks near, and is refused where blocks know no positions', async () => {
    await using(await openGolden('bloom-alibi'), async (model) => {
      const found = await positionPrior(model, { texts: [randomIds(model, 10, 1)], length: 40, signal });
      const uniform = 41 / 80;
      expect(found.flatMap((layer) => [...layer]).every((area) => area < uniform)).toBe(true);
    });
    for (const folder of ['gpt2-tied', 'transformerLens-bidirectional']) {
      await using(await openGolden(folder), async (model) => {
        const asked = positionPrior(model, { texts: [[1, 2]], length: 10, signal });
        await expect(asked).rejects.toThrow(/a prior from positions alone/);
      });
    }
  });
});
