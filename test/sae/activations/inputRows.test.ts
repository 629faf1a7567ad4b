import { afterAll, describe, expect, it } from 'vitest';
import type { Model } from '../../../engine/run/index.ts';
import { openModel } from '../../../engine/run/index.ts';
import { arrange } from '../../../engine/scores/weights/arrange.ts';
import { readWeight } from '../../../engine/scores/weights/readWeight.ts';
import { axisSize } from '../../../engine/tensor/tensor.ts';
import { inputRows, modelRows } from '../../../sae/activations/inputRows.ts';
import type { Place } from '../../../sae/activations/siteRows.ts';
import { captureFor, placeRows } from '../../../sae/activations/siteRows.ts';

const models = new Map<string, Promise<Model>>();
const open = (folder: string) => {
  const model = models.get(folder) ?? openModel(`fixtures/golden/${folder}`);
  models.set(folder, model);
  return model;
};
afterAll(async () => {
  for (const model of models.values()) await (await model).dispose();
});

const ids = [
  [3, 1, 4, 1, 5],
  [2, 7, 1, 8, 2],
];
const tokens = ids.flatMap((row, b) => row.map((_, position) => ({ row: b, position })));

async function rowsAt(model: Model, place: Place) {
  const activations = await model.forward({ ids, capture: captureFor([place], model.family), logits: 'none' });
  return placeRows(activations, place, tokens, model.family);
}

/** beta W_V + b_V [G H] of a layer, from the checkpoint. */
async function valueBias({ files, family }: Model, layer: number): Promise<Float64Array> {
  const { norm, part } = family.description.block(layer).attention;
  const { projections } = part;
  const isFused = projections.kind === 'fused';
  const linear = isFused ? projections.weight : projections.v;
  const weight = arrange(await readWeight(files, linear.weight), isFused ? 'C G H D' : 'G H D');
  const bias = linear.bias === null ? null : arrange(await readWeight(files, linear.bias), isFused ? 'C G H' : 'G H');
  const beta = norm?.bias === null || norm === null ? null : (await readWeight(files, norm.bias)).data;
  const [size, width] = [family.shape.kvHeads * family.shape.headWidth, family.shape.width];
  const from = isFused ? (axisSize(weight, 'C') - 1) * size : 0;
  return Float64Array.from({ length: size }, (_, i) => {
    const own = weight.data.subarray((from + i) * width, (from + i + 1) * width);
    return own.reduce((sum, value, d) => sum + value * (beta?.[d] ?? 0), bias?.data[from + i] ?? 0);
  });
}

// Layer norm with and without grouped keys and values, fused and separate, parallel, RMS norm with a value bias.
const folders = [
  'gpt2-tied',
  'gptNeoX-parallel',
  'falcon-newDecoder',
  'qwen2-biased',
  'llama-biases',
  'starcoder2-plain',
];

describe('rows with the value bias folded away', () => {
  it.each(folders)('%s: z of every head is pattern times (v - beta W_V - b_V)', async (folder) => {
    const model = await open(folder);
    const { heads, kvHeads, headWidth } = model.family.shape;
    const bias = await valueBias(model, 1);
    expect(Math.max(...bias.map(Math.abs))).toBeGreaterThan(1e-3);
    const place = { site: 'z', layer: 1, head: 'concatenated' } as const;
    const read = await inputRows(model, await rowsAt(model, place), { ...place, valueBias: 'folded', centred: false });
    const [v, pattern] = [
      { site: 'v', layers: [1] },
      { site: 'pattern', layers: [1] },
    ] as const;
    const activations = await model.forward({ ids, capture: [v, pattern], logits: 'none' });
    const [values, weights] = [activations.get('v', 1).data, activations.get('pattern', 1).data];
    let largest = 0;
    tokens.forEach(({ row, position }, t) => {
      for (let at = 0; at < heads * headWidth; at++) {
        const [head, h] = [Math.floor(at / headWidth), at % headWidth];
        const inGroup = Math.floor((head * kvHeads) / heads) * headWidth + h;
        let sum = 0;
        for (let key = 0; key < 5; key++)
          sum +=
            (weights[((row * heads + head) * 5 + position) * 5 + key] as number) *
            ((values[(row * 5 + key) * kvHeads * headWidth + inGroup] as number) - (bias[inGroup] as number));
        largest = Math.max(largest, Math.abs(sum - (read.data[t * heads * headWidth + at] as number)));
      }
    });
    expect(largest).toBeLessThan(2e-5);
  });

  it.each([1, 'each', 'concatenated'] as const)('of head %s go back to what the model has', async (head) => {
    const model = await open('qwen2-biased');
    for (const site of ['z', 'headWrite'] as const) {
      const input = { site, layer: 1, head, valueBias: 'folded', centred: true } as const;
      const rows = await rowsAt(model, input);
      const read = await inputRows(model, rows, input);
      expect(read.data).not.toEqual(rows.data);
      expectClose((await modelRows(model, read, input, rows)).data, rows.data);
    }
  });

  it('of head writes are those of z through W_O, and of all layers those of each', async () => {
    const model = await open('gpt2-tied');
    const { headWidth, width, heads, layers } = model.family.shape;
    const z = { site: 'z', layer: 1, head: 0, valueBias: 'folded', centred: false } as const;
    const write = { ...z, site: 'headWrite' } as const;
    const [readZ, readWrite] = [
      await inputRows(model, await rowsAt(model, z), z),
      await inputRows(model, await rowsAt(model, write), write),
    ];
    const out = arrange(
      await readWeight(model.files, model.family.description.block(1).attention.part.out.weight),
      'N H D',
    );
    const expected = readWrite.data.map((_, i) => {
      const own = readZ.data.subarray(Math.floor(i / width) * headWidth, (Math.floor(i / width) + 1) * headWidth);
      return own.reduce((sum, value, h) => sum + value * (out.data[h * width + (i % width)] as number), 0);
    });
    expectClose(readWrite.data, expected);
    const every = { ...z, layer: null, head: 'each' } as const;
    const all = await inputRows(model, await rowsAt(model, every), every);
    const perToken = layers * heads * headWidth;
    for (let t = 0; t < tokens.length; t++)
      expectClose(
        all.data.subarray(t * perToken + heads * headWidth, t * perToken + (heads + 1) * headWidth),
        readZ.data.subarray(t * headWidth, (t + 1) * headWidth),
      );
  });

  it('are the same rows where nothing is folded or centred', async () => {
    const model = await open('gpt2-tied');
    const input = { site: 'z', layer: 0, head: 0, valueBias: 'kept', centred: true } as const;
    const rows = await rowsAt(model, input);
    expect(await inputRows(model, rows, input)).toBe(rows);
    expect(await modelRows(model, rows, input, rows)).toBe(rows);
  });
});

describe('centred rows', () => {
  it('have mean 0 over D, and a reconstruction has the mean of the model', async () => {
    const model = await open('gpt2-tied');
    const input = { site: 'residPost', layer: 1, head: null, valueBias: 'kept', centred: true } as const;
    const rows = await rowsAt(model, input);
    const read = await inputRows(model, rows, input);
    const mean = (data: Float32Array) => data.reduce((sum, value) => sum + value, 0) / data.length;
    const { width } = rows;
    const zero = { width, data: new Float32Array(rows.data.length) };
    const back = await modelRows(model, zero, input, rows);
    for (let t = 0; t < tokens.length; t++) {
      const of = (data: Float32Array) => data.subarray(t * width, (t + 1) * width);
      expect(mean(of(read.data))).toBeCloseTo(0, 6);
      expect(mean(of(back.data))).toBeCloseTo(mean(of(rows.data)), 6);
    }
  });
});

function expectClose(found: Float32Array, expected: Float32Array): void {
  expect(found.length).toBe(expected.length);
  const largest = found.reduce((most, value, i) => Math.max(most, Math.abs(value - (expected[i] as number))), 0);
  expect(largest).toBeLessThan(2e-5);
}
