import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../engine/tensor/random.ts';
import type { DictionaryState } from '../../../sae/training/dictionaryState.ts';
import { afterBatch, deadFeatures, startDictionaryState } from '../../../sae/training/dictionaryState.ts';
import { learningRateAt, sparsityAt } from '../../../sae/training/rates.ts';
import { resampled } from '../../../sae/training/resample.ts';
import type { Job } from '../../../sae/training/job.ts';
import { startStates } from '../../../sae/training/trainSideBySide.ts';
import { rowsInMemory } from '../../../sae/training/batches.ts';
import { job } from '../jobs.ts';
import { plantedRows } from '../plantedRows.ts';

const resampling = { every: 4, until: 8, batches: 2, encoderScale: 0.2, recovery: 10 };
const dead = { window: 60, remedy: { kind: 'none' }, resampling } as const;
const rows = plantedRows(80, 12, 8, 0.2, 1);

/** A state in which features 3 and 20 are dead and moments are 1 everywhere. */
async function spoiltState(one: Job): Promise<DictionaryState> {
  const state = (await startStates([one], rowsInMemory(rows, 40, 1))).get(one.name) as DictionaryState;
  const ones = new Map(
    [...state.weights].map(([name, { length }]) => [name, new Float32Array(length).fill(1)] as const),
  );
  const sinceFired = state.sinceFired.map((_, i) => (i === 3 || i === 20 ? 60 : 5));
  return { ...state, step: 4, first: ones, second: ones, sinceFired };
}

/** Only row 7 is reconstructed badly, and row 8 a little. */
const errors = new Float32Array(80).map((_, row) => (row === 7 ? 9 : row === 8 ? 1e-3 : 0));
const judged = { rows, errors, reconstruction: new Float32Array(80 * 12).fill(0.1) };

function unit(values: readonly number[]): number[] {
  return values.map((value) => value / Math.hypot(...values));
}

function column(state: DictionaryState, feature: number): number[] {
  const encoder = state.weights.get('W_enc') as Float32Array;
  return Array.from({ length: 12 }, (_, d) => encoder[d * 24 + feature] as number);
}

describe('resampling', () => {
  it('gives dead features directions of badly reconstructed rows and clears their moments; nothing else moves', async () => {
    const one = job('topK', { settings: { k: 2 }, training: { dead } });
    const before = await spoiltState(one);
    const { state, features } = resampled(one.plan, before, judged, seededRandom(1));
    expect(features).toEqual([3, 20]);
    const bias = before.weights.get('b_dec') as Float32Array;
    const decoder = state.weights.get('W_dec') as Float32Array;
    const direction = unit([...rows.data.subarray(84, 96)].map((value, d) => value - (bias[d] as number)));
    direction.forEach((value, d) => expect(decoder[3 * 12 + d]).toBeCloseTo(value, 5));
    // Columns of the encoder have length 1 at the start.
    column(state, 3).forEach((value, d) => expect(value).toBeCloseTo(0.2 * (direction[d] as number), 5));
    expect([...state.sinceFired].filter((count) => count === 0)).toHaveLength(2);
    expect(state.resampledAt).toBe(4);
    const moments = state.first.get('W_dec') as Float32Array;
    moments.forEach((value, i) => expect(value).toBe([3, 20].includes(Math.floor(i / 12)) ? 0 : 1));
    expect([...(state.second.get('b_enc') as Float32Array)].filter((value) => value === 0)).toHaveLength(2);
    decoder.forEach((value, i) => {
      if (![3, 20].includes(Math.floor(i / 12))) expect(value).toBe(before.weights.get('W_dec')?.[i]);
    });
    // What it began with is as it was.
    expect(before.sinceFired[3]).toBe(60);
  });

  it('of matching pursuit gives unit residuals, of vector quantisation the samples themselves', async () => {
    const pursuit = job('matchingPursuit', { settings: { steps: 2 }, training: { dead } });
    const residual = unit([...rows.data.subarray(84, 96)].map((value) => value - 0.1));
    const found = resampled(pursuit.plan, await spoiltState(pursuit), judged, seededRandom(1)).state;
    residual.forEach((value, d) => expect(found.weights.get('W_dec')?.[36 + d]).toBeCloseTo(value, 5));
    const quantised = job('vectorQuantised', { training: { dead } });
    const before = await spoiltState(quantised);
    const bias = before.weights.get('b_dec') as Float32Array;
    const sample = resampled(quantised.plan, before, judged, seededRandom(1)).state.weights.get(
      'W_dec',
    ) as Float32Array;
    for (let d = 0; d < 12; d++)
      expect(sample[36 + d]).toBeCloseTo((rows.data[84 + d] as number) - (bias[d] as number), 5);
  });

  it('gives thresholds their start, and changes nothing where no row has an error', async () => {
    const jump = job('jumpReLU', { settings: { targetL0: 2, startThreshold: 0.5 }, training: { dead } });
    const before = await spoiltState(jump);
    const moved = new Map(before.weights).set('log_threshold', new Float32Array(24).fill(3));
    const { state } = resampled(jump.plan, { ...before, weights: moved }, judged, seededRandom(1));
    expect(state.weights.get('log_threshold')?.[20]).toBeCloseTo(Math.log(0.5), 6);
    expect(state.weights.get('log_threshold')?.[19]).toBe(3);
    const perfect = { ...judged, errors: new Float32Array(80) };
    expect(resampled(jump.plan, before, perfect, seededRandom(1))).toEqual({ state: before, features: [] });
  });
});

it('thresholds that rows gave start again below those alive, as their columns do', async () => {
  const jump = job('jumpReLU', { settings: { targetL0: 2 }, training: { dead } });
  const before = await spoiltState(jump);
  const heights = new Float32Array(24).map((_, i) => (i === 3 || i === 20 ? 7 : Math.log(i % 2 === 0 ? 0.5 : 2)));
  const weights = new Map(before.weights).set('log_threshold', heights);
  const { state } = resampled(jump.plan, { ...before, weights }, judged, seededRandom(1));
  for (const feature of [3, 20]) expect(state.weights.get('log_threshold')?.[feature]).toBeCloseTo(Math.log(0.2), 5);
});

describe('what is counted from batch to batch', () => {
  const start = startDictionaryState(new Map(), 3);

  it('rows since a feature fired, up to the window; densities and tracked values as running means', () => {
    const first = afterBatch(
      start,
      { fired: Float32Array.from([0, 2, 40]), tracked: new Map([['t', 3]]), rows: 40 },
      60,
    );
    expect([...first.sinceFired]).toEqual([40, 0, 0]);
    expect([...first.density].map((value) => Number(value.toFixed(6)))).toEqual([0, 0.05, 1]);
    expect(first.tracked.get('t')).toBe(3);
    const second = afterBatch(
      { ...start, ...first, step: 1 },
      { fired: Float32Array.from([0, 0, 1]), tracked: new Map([['t', 5]]), rows: 40 },
      60,
    );
    expect([...second.sinceFired]).toEqual([60, 40, 0]);
    expect(second.tracked.get('t')).toBe(4);
    expect([...deadFeatures(second, 60)]).toEqual([1, 0, 0]);
  });
});

describe('rates', () => {
  const constant = { kind: 'constant', peak: 1, warmup: 0, floor: 1 } as const;

  it('the learning rate comes back from a tenth after features started again', () => {
    const { plan } = job('topK', { settings: { k: 2 }, training: { dead, rate: constant, steps: 100 } });
    const at = (step: number, resampledAt: number | null) => learningRateAt(plan.training, { step, resampledAt });
    expect(at(4, null)).toBe(1);
    expect(at(4, 4)).toBeCloseTo(0.1, 12);
    expect(at(9, 4)).toBeCloseTo(0.55, 12);
    expect(at(14, 4)).toBe(1);
  });

  it('sparsity rises along a line, and is 0 for variants without it', () => {
    const { plan } = job('standard', { settings: { sparsity: 4 }, training: { sparsityWarmup: 8 } });
    expect([0, 3, 7, 50].map((step) => sparsityAt(plan, step))).toEqual([0.5, 2, 4, 4]);
    expect(sparsityAt(job('topK', { settings: { k: 2 } }).plan, 3)).toBe(0);
  });
});
