/** The published training, step by step in float64. */
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../engine/tensor/random.ts';
import type { Dictionary } from '../../../sae/dictionary.ts';
import { weightOf } from '../../../sae/dictionary.ts';
import { CodeProgram } from '../../../sae/circuits/codeProgram.ts';
import type { CodeDictionaryRequest } from '../../../sae/circuits/codeDictionary.ts';
import { trainedOnRows, untrainedOnRows } from '../../../sae/circuits/codeDictionary.ts';
import { Pace } from '../../../sae/circuits/pace.ts';

const [count, width, features, sparsity, rate] = [12, 5, 7, 0.02, 1e-2] as const;
const random = seededRandom(3);
const rows = { width, data: Float32Array.from({ length: count * width }, () => 2 * random.normal()) };

function request(steps: number): CodeDictionaryRequest {
  const settings = { sparsity, unitDecoder: 'outputs' };
  return { variant: 'discrete', features, settings, training: { steps, learningRate: rate }, seed: 5 };
}

const pace = () => new Pace(new AbortController().signal, () => undefined, 1);

type Weights = Record<'W_enc' | 'b_enc' | 'W_dec' | 'b_dec', Float64Array>;
const names = ['W_enc', 'b_enc', 'W_dec', 'b_dec'] as const;

function weightsOf(dictionary: Dictionary): Weights {
  return Object.fromEntries(names.map((name) => [name, Float64Array.from(weightOf(dictionary, name))])) as Weights;
}

/** Gradients of mean (x^ - x)^2 + lambda mean over rows of |a|_1; a = relu((x - b) W_enc + c), x^ = a W_dec + b. */
function gradients({ W_enc, b_enc, W_dec, b_dec }: Weights): Weights {
  const slopes = Object.fromEntries(
    Object.entries({ W_enc, b_enc, W_dec, b_dec }).map(([name, data]) => [name, new Float64Array(data.length)]),
  ) as Weights;
  const add = (to: Float64Array, at: number, value: number) => (to[at] = (to[at] as number) + value);
  for (let n = 0; n < count; n++) {
    const x = Array.from({ length: width }, (_, d) => rows.data[n * width + d] as number);
    const c = x.map((value, d) => value - (b_dec[d] as number));
    const p = Array.from(b_enc, (bias, f) =>
      c.reduce((sum, value, d) => sum + value * (W_enc[d * features + f] as number), bias),
    );
    const a = p.map((value) => Math.max(value, 0));
    const error = x.map(
      (value, d) =>
        a.reduce((sum, each, f) => sum + each * (W_dec[f * width + d] as number), b_dec[d] as number) - value,
    );
    const back = error.map((value) => (2 * value) / (count * width));
    back.forEach((value, d) => add(slopes.b_dec, d, value));
    a.forEach((active, f) => {
      back.forEach((value, d) => add(slopes.W_dec, f * width + d, active * value));
      if (active === 0) return;
      const slope = back.reduce((sum, value, d) => sum + value * (W_dec[f * width + d] as number), sparsity / count);
      add(slopes.b_enc, f, slope);
      c.forEach((value, d) => {
        add(slopes.W_enc, d * features + f, slope * value);
        add(slopes.b_dec, d, -slope * (W_enc[d * features + f] as number));
      });
    });
  }
  return slopes;
}

/** Places of each unit vector: columns of W_enc [D F], and of W_dec [F D] what each output is made of. */
const vectors = {
  W_enc: Array.from({ length: features }, (_, f) => Array.from({ length: width }, (__, d) => d * features + f)),
  W_dec: Array.from({ length: width }, (_, d) => Array.from({ length: features }, (__, f) => f * width + d)),
};

/** In PyTorch: the parallel part of the gradient is removed, Adam steps, and vectors are made unit before the next forward. */
function trained(start: Weights, steps: number): Weights {
  const weights = Object.fromEntries(names.map((name) => [name, start[name].slice()])) as Weights;
  const first = Object.fromEntries(names.map((name) => [name, new Float64Array(start[name].length)])) as Weights;
  const second = Object.fromEntries(names.map((name) => [name, new Float64Array(start[name].length)])) as Weights;
  for (let step = 1; step <= steps; step++) {
    const slopes = gradients(weights);
    for (const name of ['W_enc', 'W_dec'] as const)
      for (const places of vectors[name]) {
        const along = places.reduce((sum, at) => sum + (slopes[name][at] as number) * (weights[name][at] as number), 0);
        for (const at of places)
          slopes[name][at] = (slopes[name][at] as number) - along * (weights[name][at] as number);
      }
    for (const name of names)
      weights[name].forEach((weight, at) => {
        const slope = slopes[name][at] as number;
        const m = (first[name][at] = 0.9 * (first[name][at] as number) + 0.1 * slope);
        const v = (second[name][at] = 0.999 * (second[name][at] as number) + 0.001 * slope ** 2);
        weights[name][at] = weight - (rate * (m / (1 - 0.9 ** step))) / (Math.sqrt(v / (1 - 0.999 ** step)) + 1e-8);
      });
    for (const name of ['W_enc', 'W_dec'] as const)
      for (const places of vectors[name]) {
        const length = Math.hypot(...places.map((at) => weights[name][at] as number));
        for (const at of places) weights[name][at] = (weights[name][at] as number) / length;
      }
  }
  return weights;
}

describe('the autoencoder', () => {
  it('starts as published: unit vectors, a small uniform bias, b at 0', async () => {
    const start = weightsOf(await untrainedOnRows(rows, request(1)));
    for (const name of ['W_enc', 'W_dec'] as const)
      for (const places of vectors[name])
        expect(Math.hypot(...places.map((at) => start[name][at] as number))).toBeCloseTo(1, 5);
    expect(start.b_dec.every((value) => value === 0)).toBe(true);
    expect(start.b_enc.every((value) => Math.abs(value) <= 1 / Math.sqrt(width))).toBe(true);
    expect(new Set(start.b_enc).size).toBe(features);
  });

  it('takes the published steps', async () => {
    const start = weightsOf(await untrainedOnRows(rows, request(1)));
    const found = weightsOf(await trainedOnRows(rows, request(25), pace()));
    const expected = trained(start, 25);
    for (const name of names)
      found[name].forEach((value, at) => expect(value).toBeCloseTo(expected[name][at] as number, 3));
    // It has moved by far more than what is allowed for float32.
    expect(Math.max(...found.W_dec.map((value, at) => Math.abs(value - (start.W_dec[at] as number))))).toBeGreaterThan(
      0.05,
    );
  });
});

describe('codes', () => {
  /** Two features that read the two entries of a row. */
  function reader(kind: 'relu' | 'linear'): Dictionary {
    const weights = new Map([
      ['W_enc', Float32Array.from([1, 0, 0, 1])],
      ['b_enc', new Float32Array(2)],
      ['W_dec', Float32Array.from([1, 0, 0, 1])],
      ['b_dec', new Float32Array(2)],
    ] as const);
    const origin = {
      made: 'control',
      by: 'test',
      settings: {},
      seed: null,
      steps: null,
      samples: null,
      text: null,
    } as const;
    const input = { site: 'headWrite', layer: null, head: 'each', rows: 'promptMean', valueBias: 'kept' } as const;
    const plain = { centred: false, scale: 1, normalisation: 'none', subtractsBias: true } as const;
    return {
      ...{ width: 2, features: 2, encoder: { kind }, weights, origin },
      ...{ input: { ...input, ...plain }, model: null, density: null, labels: new Map<number, string>() },
    };
  }

  async function codes(kind: 'relu' | 'linear', hasInactive: boolean, data: readonly number[]): Promise<number[]> {
    const program = await CodeProgram.create(reader(kind), hasInactive);
    const found = await program.codes({ width: 2, data: Float32Array.from(data) });
    await program.release();
    return [...found];
  }

  it('are the arg-max, of equal ones the first, and 0 where nothing is active, unless none has a code', async () => {
    const data = [3, 1, 1, 3, 2, 2, -1, -2, 0, 0];
    expect(await codes('relu', false, data)).toEqual([0, 1, 0, 0, 0]);
    expect(await codes('relu', true, data)).toEqual([0, 1, 0, 2, 2]);
  });

  it('of a value that is not finite are refused', async () => {
    await expect(codes('linear', false, [1, NaN])).rejects.toThrow('not finite');
  });
});
