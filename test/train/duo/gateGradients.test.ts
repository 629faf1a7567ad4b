/** d distillation / d gate: the graphs' own rules against central differences in float64, the runtime against both. */
import { describe, expect, it } from 'vitest';
import type { Model } from '../../../engine/run/index.ts';
import { openModel } from '../../../engine/run/index.ts';
import { seededRandom } from '../../../engine/tensor/random.ts';
import type { GateGradients, LabelledText } from '../../../engine/train/duo/twoStreams.ts';
import { gateStepBytes, requireRoom } from '../../../engine/train/duo/gateMemory.ts';
import { requireGateable } from '../../../engine/train/duo/trainGates.ts';
import { gateGradients } from '../../../engine/train/duo/twoStreams.ts';
import { golden, openGolden, randomIds } from '../../run/models.ts';
import { Float64Streams } from './float64Streams.ts';

const streaming = { sink: 1, recent: 2 };

function textFor(model: Model, length: number): LabelledText {
  return { ids: randomIds(model, length, 5), labels: new Float32Array(length).fill(1, length - 4) };
}

function gatesFor({ family }: Model, seed: number): Float32Array {
  const random = seededRandom(seed);
  return Float32Array.from({ length: family.shape.layers * family.shape.kvHeads }, () => 0.1 + 0.8 * random.next());
}

const largest = (values: ArrayLike<number>) => Math.max(...Array.from(values, Math.abs));

describe('the gradient of the gates', () => {
  it('is that of central differences in float64', async () => {
    const model = await openGolden('llama-gqa');
    const streams = new Float64Streams(model, textFor(model, 9), streaming);
    const gates = Float64Array.from(gatesFor(model, 1));
    const exact = await streams.gradients(gates);
    const h = 1e-4;
    for (let i = 0; i < gates.length; i++) {
      const at = (by: number) => streams.loss(gates.map((gate, j) => (i === j ? gate + by : gate)));
      const numeric = ((await at(h)) - (await at(-h))) / (2 * h);
      expect(Math.abs(numeric - (exact[i] ?? NaN))).toBeLessThan(1e-6 * largest(exact));
    }
    expect(largest(exact)).toBeGreaterThan(1e-6);
    await model.dispose();
  });

  const isLong = process.env['HEADSCOPE_LONG'] === '1';
  const folders = [
    ...['llama-gqa', 'bloom-alibi', 'gemma2-caps', 'mistral-window', 'opt-noFinalNorm'],
    ...(isLong ? ['gpt2-tied', 'gemma3-mixed', 'falcon-multiQuery', 'gptJ-partial', 'gptNeo-local'] : []),
    ...(isLong ? ['olmo2-normed', 'qwen3-normed', 'transformerLens-shortformer'] : []),
  ];
  it.each(folders)('is in the runtime what it is in float64: %s', async (folder) => {
    const model = await openGolden(folder);
    const text = textFor(model, 9);
    const gates = gatesFor(model, 2);
    const found = await model.exclusive(() => gateGradients(model, { text, gates, streaming }));
    const streams = new Float64Streams(model, text, streaming);
    const exact = await streams.gradients(Float64Array.from(gates));
    expect(found.distillation).toBeCloseTo(await streams.loss(Float64Array.from(gates)), 5);
    const worst = largest(found.gradients.map((value, i) => value - (exact[i] ?? NaN)));
    expect(worst).toBeLessThan(1e-3 * largest(exact));
    await model.dispose();
  });
});

describe('a model whose weights stay in their file', () => {
  it('has the same gradients', async () => {
    const held = await Promise.all(
      (['float32', 'mapped'] as const).map((weights) => openModel(golden('llama-gqa'), { weights })),
    );
    const found = await Promise.all(
      held.map((model) => {
        const request = { text: textFor(model, 9), gates: gatesFor(model, 2), streaming };
        return model.exclusive(() => gateGradients(model, request));
      }),
    );
    const [first, second] = found as [GateGradients, GateGradients];
    const worst = largest(first.gradients.map((value, i) => value - (second.gradients[i] ?? NaN)));
    expect(worst).toBeLessThan(1e-5 * largest(first.gradients));
    await Promise.all(held.map((model) => model.dispose()));
  });
});

describe('the gated stream', () => {
  it('is the full one where every gate is 1, and where the window hides nothing', async () => {
    const model = await openGolden('llama-gqa');
    const text = textFor(model, 9);
    const ones = gatesFor(model, 3).fill(1);
    const full = await model.exclusive(() => gateGradients(model, { text, gates: ones, streaming }));
    expect(full.distillation).toBeLessThan(1e-10);
    const gates = gatesFor(model, 3);
    const wide = { sink: 0, recent: text.ids.length };
    const hidden = await model.exclusive(() => gateGradients(model, { text, gates, streaming: wide }));
    expect(hidden.distillation).toBeLessThan(1e-10);
    await model.dispose();
  });
});

describe('a text that does not fit in memory', () => {
  it('is refused before the first step, with what it takes', async () => {
    const model = await openGolden('llama-gqa');
    expect(gateStepBytes(model.family, 64)).toBeGreaterThan(gateStepBytes(model.family, 32));
    expect(() => requireRoom(model.family, 64, 1e9)).not.toThrow();
    expect(() => requireRoom(model.family, 64, 1e4)).toThrow(/texts of 64 tokens do not fit in memory.*needed/);
    await model.dispose();
  });
});

describe('a model without causal attention', () => {
  it('has no streaming heads, and says why', async () => {
    const model = await openGolden('transformerLens-bidirectional');
    expect(() => requireGateable(model.family)).toThrow(
      /no streaming heads: its attention sees the tokens after a query/,
    );
    await model.dispose();
  });
});
