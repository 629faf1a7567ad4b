/** Mean head writes against the writes of every token, and what is folded into them against the model's own values. */
import { afterEach, describe, expect, it } from 'vitest';
import { meanHeadWrites } from '../../engine/circuits/headWrites.ts';
import { valueOffset } from '../../engine/circuits/valueOffset.ts';
import type { Model } from '../../engine/run/index.ts';
import { largest, openGolden, randomIds } from '../run/models.ts';

const { signal } = new AbortController();

let model: Model | null = null;

afterEach(async () => {
  await model?.dispose();
  model = null;
});

/** [E N D] of the headWrite site, averaged over the positions of each prompt. */
async function tokenByToken(of: Model, ids: readonly (readonly number[])[]): Promise<Float64Array> {
  const { layers, heads, width } = of.family.shape;
  const size = heads * width;
  const means = new Float64Array(ids.length * layers * size);
  for (const [row, prompt] of ids.entries()) {
    const activations = await of.forward({ ids: [prompt], capture: [{ site: 'headWrite' }], logits: 'none' });
    for (let layer = 0; layer < layers; layer++) {
      const { data } = activations.get('headWrite', layer);
      const to = (row * layers + layer) * size;
      data.forEach((x, i) => (means[to + (i % size)] = (means[to + (i % size)] ?? 0) + x / prompt.length));
    }
  }
  return means;
}

function worst(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new RangeError(`expected ${a.length} values, got ${b.length}`);
  return Array.from(a).reduce((most, x, i) => Math.max(most, Math.abs(x - (b[i] ?? NaN))), 0);
}

describe.each(['gpt2-untied', 'gptNeoX-parallel', 'qwen2-biased', 'llama-gqa'])('%s', (folder) => {
  it('averages over the tokens of each prompt, whatever their number', async () => {
    model = await openGolden(folder);
    const opened = model;
    const ids = [3, 9, 5].map((length, i) => randomIds(opened, length, i));
    const own = await tokenByToken(model, ids);
    const stored = await meanHeadWrites(model, { ids, form: 'stored', signal });
    const scale = largest({ data: Float32Array.from(own) });
    expect(worst(own, stored)).toBeLessThan(1e-5 * scale);
    const [alone] = ids;
    const first = await meanHeadWrites(model, { ids: [alone ?? []], form: 'stored', signal });
    expect(worst(first, stored.subarray(0, first.length))).toBeLessThan(1e-6 * scale);
  });
});

describe('the form of the paper', () => {
  it.each(['gpt2-untied', 'gptNeoX-parallel', 'phi-half', 'transformerLens-full', 'llama-biases'])(
    'takes out of %s what is the same in every prompt',
    async (folder) => {
      model = await openGolden(folder);
      // A stream of zeros is normed to the bias of the norm: its values are what every token adds.
      const zeroed = await model.forward({
        ids: [randomIds(model, 1, 0)],
        edits: [{ site: 'residPre', layers: [1], operation: { kind: 'zero' } }],
        capture: [{ site: 'v', layers: [1] }],
        logits: 'none',
      });
      const offset = await valueOffset(model, 1);
      expect(worst(offset ?? [], zeroed.get('v', 1).data)).toBeLessThan(1e-5);
    },
  );

  it('has writes that sum to 0 over the width where norms take means, and differs by a constant a head', async () => {
    model = await openGolden('gpt2-untied');
    const { layers, heads, width } = model.family.shape;
    const opened = model;
    const ids = [4, 7].map((length, i) => randomIds(opened, length, i));
    const [paper, stored] = [
      await meanHeadWrites(model, { ids, form: 'paper', signal }),
      await meanHeadWrites(model, { ids, form: 'stored', signal }),
    ];
    for (let at = 0; at < paper.length; at += width) {
      const sum = paper.subarray(at, at + width).reduce((total, x) => total + x, 0);
      expect(Math.abs(sum)).toBeLessThan(1e-4);
    }
    // Between two prompts both forms differ by the same, but for its mean over the width.
    const size = layers * heads * width;
    for (let at = 0; at < size; at += width) {
      const change = (writes: Float32Array) =>
        Array.from({ length: width }, (_, d) => (writes[at + d] ?? 0) - (writes[size + at + d] ?? 0));
      const [a, b] = [change(paper), change(stored)];
      const mean = b.reduce((sum, x) => sum + x, 0) / width;
      expect(
        worst(
          a,
          b.map((x) => x - mean),
        ),
      ).toBeLessThan(1e-5);
    }
  });

  it('is the stored one where there is no value bias and norms take no mean', async () => {
    model = await openGolden('llama-gqa');
    expect(await valueOffset(model, 0)).toBeNull();
    const ids = [randomIds(model, 6, 1)];
    const forms = [
      await meanHeadWrites(model, { ids, form: 'paper', signal }),
      await meanHeadWrites(model, { ids, form: 'stored', signal }),
    ];
    expect(forms[0]).toEqual(forms[1]);
  });
});
