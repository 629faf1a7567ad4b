import { describe, expect, it } from 'vitest';
import type { Model } from '../../../engine/run/index.ts';
import type { DictionaryProgram as Program } from '../../../sae/inference/dictionaryProgram.ts';
import { DictionaryProgram } from '../../../sae/inference/dictionaryProgram.ts';
import { encodePrompt, tokenCodes } from '../../../sae/features/encodePrompt.ts';
import type { FeatureEditRequest } from '../../../sae/features/featureEdits.ts';
import { featureEdits } from '../../../sae/features/featureEdits.ts';
import type { DictionaryInput } from '../../../sae/input.ts';
import { openGolden, randomIds } from '../../run/models.ts';
import { drawnDictionary } from './drawnDictionary.ts';

const length = 7;

async function edited(
  model: Model,
  program: Program,
  asked: Omit<FeatureEditRequest, 'feature'>,
): Promise<{ before: Float32Array; after: Float32Array; codes: Float32Array; decoder: Float32Array }> {
  const ids = randomIds(model, length, 5);
  const clean = await encodePrompt(model, program, { ids });
  // One that is active somewhere.
  const request = { ...asked, feature: clean.codes.indices[0] as number };
  const edits = featureEdits(model, program.dictionary, clean, request);
  const changed = await encodePrompt(model, program, { ids, edits });
  const { width, weights } = program.dictionary;
  const row = (weights.get('W_dec') as Float32Array).subarray(request.feature * width, (request.feature + 1) * width);
  const rows = clean.codes.starts.length - 1;
  const codes = Float32Array.from({ length: rows }, (_, i) => {
    const [from, to] = [clean.codes.starts[i] as number, clean.codes.starts[i + 1] as number];
    const at = clean.codes.indices.subarray(from, to).indexOf(request.feature);
    return at < 0 ? 0 : (clean.codes.values[from + at] as number);
  });
  return { before: clean.rows.data, after: changed.rows.data, codes, decoder: row };
}

const inputs: readonly (readonly [string, Partial<DictionaryInput>])[] = [
  ['z of one head', { site: 'z', layer: 1, head: 2 }],
  ['z of all heads', { site: 'z', layer: 1, head: 'concatenated' }],
  ['z of each head', { site: 'z', layer: 1, head: 'each' }],
  ['headWrite of one head', { site: 'headWrite', layer: 1, head: 0 }],
  ['attnOut', { site: 'attnOut', layer: 0, head: null }],
  ['residPost', { site: 'residPost', layer: 0, head: null }],
];

describe.each(inputs)('an edit of a feature of %s', (_, input) => {
  it.each([0, 3])('scales what the feature writes by %s, and nothing else', async (by) => {
    const model = await openGolden('llama-gqa');
    const program = await DictionaryProgram.create(drawnDictionary(model, { input: { ...input, scale: 2.5 } }));
    const request = { change: { kind: 'scale', by } } as const;
    const { before, after, codes, decoder } = await edited(model, program, request);
    expect(codes.some((code) => code !== 0)).toBe(true);
    before.forEach((x, i) => {
      const [row, d] = [Math.floor(i / decoder.length), i % decoder.length];
      const expected = x + ((by - 1) * (codes[row] as number) * (decoder[d] as number)) / 2.5;
      expect(after[i]).toBeCloseTo(expected, 4);
    });
    await program.release();
    await model.dispose();
  });
});

describe('an edit of a feature', () => {
  it('gives a linear dictionary with orthogonal features the code that was asked for', async () => {
    const model = await openGolden('llama-gqa');
    const input = { site: 'z', layer: 1, head: 2 } as const;
    const width = model.family.shape.headWidth;
    const drawn = drawnDictionary(model, { input, features: width, encoder: { kind: 'linear' } });
    const unit = Float32Array.from({ length: width * width }, (_, i) => Number(i % (width + 1) === 0));
    const dictionary = { ...drawn, weights: new Map([...drawn.weights, ['W_enc', unit], ['W_dec', unit]] as const) };
    const program = await DictionaryProgram.create(dictionary);
    const ids = randomIds(model, length, 5);
    const clean = await encodePrompt(model, program, { ids });
    const edits = featureEdits(model, dictionary, clean, { feature: 1, change: { kind: 'scale', by: -2 } });
    const changed = await encodePrompt(model, program, { ids, edits });
    clean.codes.indices.forEach((feature, i) => {
      const times = feature === 1 ? -2 : 1;
      expect(changed.codes.values[i]).toBeCloseTo(times * (clean.codes.values[i] as number), 5);
    });
    await program.release();
    await model.dispose();
  });

  it('adds so many units where it is asked to, in units of the normalised row', async () => {
    const model = await openGolden('llama-gqa');
    const input = { site: 'residPost', layer: 0, head: null, normalisation: 'constantNorm' } as const;
    const program = await DictionaryProgram.create(drawnDictionary(model, { input }));
    const change = { kind: 'add', amount: 2 } as const;
    const { before, after, decoder } = await edited(model, program, { change, positions: [4] });
    const width = decoder.length;
    for (let p = 0; p < length; p++) {
      const x = before.subarray(p * width, (p + 1) * width);
      const unit = Math.hypot(...x) / Math.sqrt(width);
      x.forEach((value, d) => {
        const added = p === 4 ? 2 * unit * (decoder[d] as number) : 0;
        expect(after[p * width + d]).toBeCloseTo(value + added, 4);
      });
    }
    await program.release();
    await model.dispose();
  });

  it('of an added feature without positions is one edit, for tokens to come too', async () => {
    const model = await openGolden('llama-gqa');
    const program = await DictionaryProgram.create(drawnDictionary(model, { input: { layer: 1, head: 2 } }));
    const encoded = await encodePrompt(model, program, { ids: randomIds(model, length, 5) });
    const change = { kind: 'add', amount: 1.5 } as const;
    const edits = featureEdits(model, program.dictionary, encoded, { feature: 3, change });
    expect(edits).toMatchObject([{ site: 'z', layers: [1], heads: [2], operation: { kind: 'add', times: 1.5 } }]);
    expect(edits[0]).not.toHaveProperty('positions');
    const bad = () => featureEdits(model, program.dictionary, encoded, { feature: 3, change, positions: [length] });
    expect(bad).toThrow('position out of range: expected 0 to 6, got 7');
    await program.release();
    await model.dispose();
  });
});

describe('codes of a prompt', () => {
  it('of several rows a token are the largest of each feature', async () => {
    const model = await openGolden('llama-gqa');
    const program = await DictionaryProgram.create(drawnDictionary(model, { input: { layer: 1, head: 'each' } }));
    const encoded = await encodePrompt(model, program, { ids: randomIds(model, length, 5) });
    const { starts, features, values, error } = tokenCodes(encoded, length);
    const { codes, perToken } = encoded;
    expect(perToken).toBe(model.family.shape.heads);
    for (let p = 0; p < length; p++) {
      const own = new Map<number, number>();
      for (let at = codes.starts[p * perToken] as number; at < (codes.starts[(p + 1) * perToken] as number); at++) {
        const [feature, value] = [codes.indices[at] as number, codes.values[at] as number];
        own.set(feature, Math.max(own.get(feature) ?? 0, value));
      }
      const [from, to] = [starts[p] as number, starts[p + 1] as number];
      expect([...features.subarray(from, to)]).toEqual([...own.keys()].sort((a, b) => a - b));
      features.subarray(from, to).forEach((feature, i) => expect(values[from + i]).toBe(own.get(feature)));
      expect(error[p]).toBeGreaterThan(0);
    }
    await program.release();
    await model.dispose();
  });
});
