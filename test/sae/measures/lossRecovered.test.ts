import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Model } from '../../../engine/run/index.ts';
import { openModel } from '../../../engine/run/index.ts';
import { logSumExp } from '../../../engine/tasks/metrics.ts';
import { seededRandom } from '../../../engine/tensor/random.ts';
import type { Edit } from '../../../engine/terms/edits.ts';
import { inputRows, modelRows } from '../../../sae/activations/inputRows.ts';
import { replacingEdits } from '../../../sae/activations/replacingEdits.ts';
import type { Place } from '../../../sae/activations/siteRows.ts';
import { captureFor, placeRows, rowForm } from '../../../sae/activations/siteRows.ts';
import { DictionaryProgram } from '../../../sae/inference/dictionaryProgram.ts';
import { lossRecovered } from '../../../sae/measures/lossRecovered.ts';
import { identityDictionary, randomUnits, readingDictionary } from '../dictionaries.ts';

let model: Model;
beforeAll(async () => {
  model = await openModel('fixtures/models/tiny-heads');
});
afterAll(() => model.dispose());

const random = seededRandom(1);
const window = (length: number) => Array.from({ length }, () => random.below(400));
const windows = [window(24), window(17), window(24)];

/** Mean loss at positions from `skip` on, from whole logits. */
async function lossUnder(edits: readonly Edit[], skip: number): Promise<number> {
  const { logits } = await model.forward({ ids: windows, edits });
  const [width, slots] = [model.family.shape.outputVocabulary, 24];
  let [sum, count] = [0, 0];
  windows.forEach((ids, row) => {
    for (let p = skip; p + 1 < ids.length; p++, count++) {
      const own = logits?.data.subarray((row * slots + p) * width, (row * slots + p + 1) * width) ?? new Float32Array();
      sum += logSumExp(own) - (own[ids[p + 1] as number] as number);
    }
  });
  return sum / count;
}

const request = { skip: 1, tokens: 1000 };
const places: readonly Place[] = [
  { site: 'z', layer: 1, head: 3 },
  { site: 'z', layer: 2, head: 'concatenated' },
  { site: 'headWrite', layer: 0, head: 'each' },
  { site: 'z', layer: null, head: 'each' },
  { site: 'residPre', layer: 2, head: null },
  { site: 'mlpOut', layer: null, head: null },
];

describe('loss recovered', () => {
  it.each(places)('by a dictionary that gives x itself is all of it: %o', async (place) => {
    const { width } = rowForm(place, model.family);
    const found = await lossRecovered(model, identityDictionary(width, place), windows, request);
    expect(found?.tokens).toBe(23 + 16 + 23 - 3);
    expect(found?.clean).toBeCloseTo(await lossUnder([], 1), 5);
    expect(found?.reconstructed).toBeCloseTo(found?.clean ?? NaN, 5);
    expect(found?.recovered).toBeCloseTo(1, 2);
    expect(found?.kl).toBeLessThan(1e-5);
    expect(found?.zero).not.toBeCloseTo(found?.clean ?? NaN, 3);
  });

  it('by a dictionary that gives 0 is none, and zero is a zero edit everywhere but at skipped positions', async () => {
    const place = { site: 'z', layer: 2, head: 'concatenated' } as const;
    const { width } = rowForm(place, model.family);
    const found = await lossRecovered(model, identityDictionary(width, place, 0), windows, request);
    expect(found?.reconstructed).toBeCloseTo(found?.zero ?? NaN, 6);
    expect(found?.recovered).toBeCloseTo(0, 5);
    const positions = Array.from({ length: 23 }, (_, i) => i + 1);
    const zero: Edit = { site: 'z', layers: [2], positions, operation: { kind: 'zero' } };
    expect(found?.zero).toBeCloseTo(await lossUnder([zero], 1), 5);
    expect(found?.kl).toBeGreaterThan(0);
  });

  it('by the mean of each head and layer is none of what lies between mean and clean', async () => {
    const place = { site: 'z', layer: 1, head: 3 } as const;
    const { width } = rowForm(place, model.family);
    const tokens = windows.flatMap(({ length }, row) =>
      Array.from({ length: length - 1 }, (_, p) => ({ row, position: p + 1 })),
    );
    const activations = await model.forward({
      ids: windows,
      capture: captureFor([place], model.family),
      logits: 'none',
    });
    const { data } = placeRows(activations, place, tokens, model.family);
    const mean = Float32Array.from({ length: width }, (_, d) =>
      tokens.reduce((sum, _t, t) => sum + (data[t * width + d] as number) / tokens.length, 0),
    );
    const zero = identityDictionary(width, place, 0);
    const dictionary = { ...zero, weights: new Map([...zero.weights, ['b_dec', mean] as const]) };
    const found = await lossRecovered(model, dictionary, windows, request);
    expect(found?.reconstructed).toBeCloseTo(found?.mean ?? NaN, 6);
    expect(found?.recoveredFromMean).toBeCloseTo(0, 3);
  });

  it('with the true error term is the clean loss, of any dictionary', async () => {
    const place = { site: 'headWrite', layer: 1, head: 2 } as const;
    const { width } = rowForm(place, model.family);
    const dictionary = readingDictionary(randomUnits(40, width, 3), width, {
      ...place,
      valueBias: 'folded',
      centred: true,
    });
    const tokens = windows.flatMap((ids, row) => ids.map((_, position) => ({ row, position })));
    const activations = await model.forward({
      ids: windows,
      capture: captureFor([place], model.family),
      logits: 'none',
    });
    const x = placeRows(activations, place, tokens, model.family);
    const program = await DictionaryProgram.create(dictionary);
    const read = await inputRows(model, x, dictionary.input);
    const { reconstruction } = await program.encode(read);
    await program.release();
    const whole = reconstruction.data.map((value, i) => value + ((read.data[i] as number) - value));
    const back = await modelRows(model, { width, data: whole }, dictionary.input, x);
    const withError = await lossUnder(replacingEdits(back, place, { tokens, slots: 24 }, model.family), 0);
    expect(withError).toBeCloseTo(await lossUnder([], 0), 5);
    const alone = await modelRows(model, reconstruction, dictionary.input, x);
    const without = await lossUnder(replacingEdits(alone, place, { tokens, slots: 24 }, model.family), 0);
    expect(without).not.toBeCloseTo(withError, 3);
  });

  it('has intervals over windows, and none of one window', async () => {
    const place = { site: 'z', layer: 2, head: 'concatenated' } as const;
    const { width } = rowForm(place, model.family);
    const dictionary = readingDictionary(randomUnits(40, width, 3), width, place);
    const found = await lossRecovered(model, dictionary, windows, request);
    const { windows: n, ...intervals } = found?.intervals ?? { windows: 0 };
    expect([n, Object.keys(intervals)]).toEqual([
      3,
      ['clean', 'reconstructed', 'zero', 'mean', 'recovered', 'recoveredFromMean', 'kl'],
    ]);
    for (const name of ['clean', 'reconstructed', 'zero', 'kl'] as const) {
      const [low, high] = found?.intervals?.[name] ?? [NaN, NaN];
      expect(low < (found?.[name] ?? NaN) && (found?.[name] ?? NaN) < high, name).toBe(true);
    }
    const one = await lossRecovered(model, dictionary, windows.slice(0, 1), request);
    expect(one?.intervals).toMatchObject({ windows: 1, clean: null, recovered: null, kl: null });
  });

  it('counts no more tokens than asked for, and is null where nothing is predicted', async () => {
    const dictionary = identityDictionary(model.family.shape.headWidth, { layer: 0, head: 0 });
    expect((await lossRecovered(model, dictionary, windows, { skip: 1, tokens: 25 }))?.tokens).toBe(25);
    expect(await lossRecovered(model, dictionary, windows, { skip: 1, tokens: 0 })).toBeNull();
    expect(await lossRecovered(model, dictionary, [[1, 2]], request)).toBeNull();
    const means = { ...dictionary, input: { ...dictionary.input, rows: 'promptMean' } } as const;
    expect(await lossRecovered(model, means, windows, request)).toBeNull();
  });
});
