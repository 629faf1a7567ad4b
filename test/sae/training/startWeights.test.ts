import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../engine/tensor/random.ts';
import { startWeights } from '../../../sae/training/startWeights.ts';
import { trainedDictionary } from '../../../sae/training/trainedDictionary.ts';
import { startDictionaryState } from '../../../sae/training/dictionaryState.ts';
import type { TrainingSettings } from '../../../sae/training/trainingSettings.ts';
import { defaultTraining } from '../../../sae/training/trainingSettings.ts';
import type { Rows } from '../../../sae/rows.ts';
import { meanRow } from '../../../sae/rows.ts';
import { variants } from '../../../sae/variants/index.ts';
import { job } from '../jobs.ts';
import { plantedRows } from '../plantedRows.ts';

const rows = plantedRows(300, 12, 8, 0.2, 1);
const settings: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  topK: { k: 2 },
  batchTopK: { k: 2 },
  matryoshka: { k: 2 },
  jumpReLU: { targetL0: 2, startActive: 2 },
};

function started(variant: string, training: Partial<TrainingSettings> = {}, sample: Rows = rows) {
  return startWeights(job(variant, { settings: settings[variant] ?? {}, training }).plan, sample, seededRandom(2));
}

function lengths(data: Float32Array, width: number): number[] {
  return Array.from({ length: data.length / width }, (_, i) =>
    Math.hypot(...data.subarray(i * width, (i + 1) * width)),
  );
}

const startOf = (start: Partial<TrainingSettings['start']>) => ({ start: { ...defaultTraining.start, ...start } });

describe('weights before the first step', () => {
  it.each(variants.map(({ id }) => id))('%s: the same seed gives the same, all finite', async (id) => {
    const weights = await started(id);
    expect(await started(id)).toEqual(weights);
    for (const [name, data] of weights) expect(data.every(Number.isFinite), name).toBe(true);
  });

  it('the encoder reads what the decoder writes; the bias is the centre that is asked for', async () => {
    const weights = await started('standard', startOf({ decoderNorm: 0.1 }));
    const [encoder, decoder] = [weights.get('W_enc') as Float32Array, weights.get('W_dec') as Float32Array];
    for (let i = 0; i < 24; i++) for (let d = 0; d < 12; d++) expect(encoder[d * 24 + i]).toBe(decoder[i * 12 + d]);
    for (const length of lengths(decoder, 12)) expect(length).toBeCloseTo(0.1, 6);
    const mean = meanRow(rows);
    weights.get('b_dec')?.forEach((value, d) => expect(value).toBeCloseTo(mean[d] as number, 5));
    expect(
      [...((await started('standard', startOf({ centre: 'zero' }))).get('b_dec') as Float32Array)].every(
        (value) => value === 0,
      ),
    ).toBe(true);
  });

  it.each([1, 1e-3])('thresholds let through what is asked for, of rows times %f', async (factor) => {
    const own = { width: 12, data: rows.data.map((value) => value * factor) };
    const weights = await started('jumpReLU', {}, own);
    const [encoder, threshold] = [weights.get('W_enc') as Float32Array, weights.get('log_threshold') as Float32Array];
    const centre = weights.get('b_dec') as Float32Array;
    let active = 0;
    for (let row = 0; row < 300; row++) {
      const c = own.data.subarray(row * 12, (row + 1) * 12).map((value, d) => value - (centre[d] as number));
      for (let i = 0; i < 24; i++) {
        const p = c.reduce((sum, value, d) => sum + value * (encoder[d * 24 + i] as number), 0);
        active += Number(p > Math.exp(threshold[i] as number));
      }
    }
    expect(active / 300).toBeCloseTo(4, 1);
  });

  it('rows within the active subspace write nothing outside it', async () => {
    // Rows of 12 that only use their first 4 entries.
    const flat = { width: 12, data: rows.data.map((value, i) => (i % 12 < 4 ? value : 0)) };
    const decoder = (await started('topK', startOf({ subspace: 4 }), flat)).get('W_dec') as Float32Array;
    decoder.forEach((value, i) => {
      if (i % 12 >= 4) expect(Math.abs(value)).toBeLessThan(1e-6);
    });
    for (const length of lengths(decoder, 12)) expect(length).toBeCloseTo(1, 5);
  });

  it('archetypal rows are anchors, and what is exported is their mixture', async () => {
    const one = job('topK', {
      settings: { k: 2 },
      training: { decoder: { kind: 'archetypal', anchors: 6, relaxation: 0.1 } },
    });
    const weights = await startWeights(one.plan, rows, seededRandom(2));
    expect([...weights.keys()]).toEqual(['W_enc', 'b_enc', 'b_dec', 'anchors', 'mixing', 'relaxation', 'gain']);
    const dictionary = trainedDictionary(one, startDictionaryState(weights, 24), { model: null, text: null });
    const decoder = dictionary.weights.get('W_dec') as Float32Array;
    const mean = lengths(decoder, 12).reduce((sum, length) => sum + length, 0) / 24;
    expect(mean).toBeCloseTo(1, 5);
    const anchors = weights.get('anchors') as Float32Array;
    const cosine = (i: number, a: number) =>
      decoder
        .subarray(i * 12, (i + 1) * 12)
        .reduce((sum, value, d) => sum + value * (anchors[a * 12 + d] as number), 0) /
      (Math.hypot(...decoder.subarray(i * 12, (i + 1) * 12)) * Math.hypot(...anchors.subarray(a * 12, (a + 1) * 12)));
    for (let i = 0; i < 24; i++) expect(cosine(i, i % 6)).toBeCloseTo(1, 5);
  });
});
