import { describe, expect, it } from 'vitest';
import type { Model } from '../../../engine/run/index.ts';
import type { Dictionary } from '../../../sae/dictionary.ts';
import { attributeFeature } from '../../../sae/features/attributeFeature.ts';
import { DictionaryProgram } from '../../../sae/inference/dictionaryProgram.ts';
import type { DictionaryInput } from '../../../sae/input.ts';
import { rowForm } from '../../../sae/activations/siteRows.ts';
import { openGolden, randomIds } from '../../run/models.ts';
import { drawnDictionary } from './drawnDictionary.ts';

/** Feature i is entry i of the row. */
function identity(model: Model, input: Partial<DictionaryInput>): Dictionary {
  const whole = { ...drawnDictionary(model).input, ...input };
  const { width } = rowForm(whole, model.family);
  const drawn = drawnDictionary(model, { input, features: width, encoder: { kind: 'linear' } });
  const unit = Float32Array.from({ length: width * width }, (_, i) => Number(i % (width + 1) === 0));
  const zeros = new Float32Array(width);
  const weights = [
    ['W_enc', unit],
    ['b_enc', zeros],
    ['W_dec', unit],
    ['b_dec', zeros],
  ] as const;
  return { ...drawn, weights: new Map(weights) };
}

const sum = (values: Iterable<number>) => [...values].reduce((a, b) => a + b, 0);

/** By position: what all features of the dictionary give, and what the chosen parts give. */
async function compared(folder: string, input: Partial<DictionaryInput>, isPart: (part: string) => boolean) {
  const model = await openGolden(folder);
  const own = drawnDictionary(model, { input: { site: 'z', layer: 1, head: 'concatenated' } });
  const program = await DictionaryProgram.create(own);
  const other = await DictionaryProgram.create(identity(model, input));
  const asked = { feature: 3, position: 3, ids: randomIds(model, 4, 5), through: [{ name: 'other', program: other }] };
  const { byPart, features } = await attributeFeature(model, program, asked);
  await Promise.all([program.release(), other.release()]);
  await model.dispose();
  return Array.from({ length: 4 }, (_, position) => ({
    features: sum(features.filter((one) => one.position === position).map(({ value }) => value)),
    parts: sum((byPart ?? []).filter((one) => one.position === position && isPart(one.part)).map(({ value }) => value)),
  }));
}

const places = [
  ['one head', { site: 'z', layer: 0, head: 1 }, (part: string) => part === 'L0H1'],
  ['all heads', { site: 'z', layer: 0, head: 'concatenated' }, (part: string) => part.startsWith('L0H')],
  ['writes of a head', { site: 'headWrite', layer: 0, head: 1 }, (part: string) => part === 'L0H1'],
  ['what attention adds', { site: 'attnOut', layer: 0, head: null }, (part: string) => /^L0(H| att)/.test(part)],
  ['what the MLP adds', { site: 'mlpOut', layer: 0, head: null }, (part: string) => part === 'L0MLP'],
  ['the stream', { site: 'residPre', layer: 1, head: null }, (part: string) => part !== 'value bias'],
  ['every head', { site: 'z', layer: null, head: 'each' }, (part: string) => part.startsWith('L0H')],
] as const;

describe.each(['llama-gqa', 'gpt2-tied'])('features that write every entry of a site, in %s', (folder) => {
  it.each(places)('give together what %s gives', async (_, input, isPart) => {
    for (const { features, parts } of await compared(folder, input, isPart)) expect(features).toBeCloseTo(parts, 4);
  });
});

describe('going through a dictionary', () => {
  it('is refused where it comes later', async () => {
    const later = compared('llama-gqa', { site: 'z', layer: 1, head: 0 }, () => true);
    await expect(later).rejects.toThrow('dictionary of a later part of the model');
  });
});
