/** Against sparsify, dictionary_learning and numpy: fixtures/make/otherDictionaries.py. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readForeign } from '../../../sae/formats/readForeign.ts';
import type { ForeignFormat, ForeignRequest } from '../../../sae/formats/readForeign.ts';
import { apart, computed, golden } from './computed.ts';

const fixtures = fileURLToPath(new URL('../../../fixtures/dictionaries', import.meta.url));

async function expectSame(request: ForeignRequest, format: ForeignFormat, goldenFile: string) {
  const read = await readForeign(request);
  const expected = await golden(goldenFile);
  const { codes, reconstruction } = await computed(read.dictionary, await expected('x'));
  expect(read.format).toBe(format);
  expect(codes.some((value) => value !== 0)).toBe(true);
  expect(apart(codes, await expected('codes'))).toBeLessThan(1e-5);
  expect(apart(reconstruction, await expected('reconstruction'))).toBeLessThan(1e-5);
  return read.dictionary;
}

const beside = (path: string) => join(path, 'golden.safetensors');

describe('sparsify', () => {
  it.each([
    ['layers.10', 'residPost', 10],
    ['layers.2.mlp', 'mlpOut', 2],
  ] as const)('%s', async (name, site, layer) => {
    const path = join(fixtures, 'sparsify', name);
    const { input, encoder } = await expectSame({ path }, 'sparsify', beside(path));
    expect(input).toMatchObject({ site, layer, head: null, subtractsBias: true });
    expect(encoder.kind).toBe('topK');
  });
});

describe('dictionary_learning', () => {
  it.each(readdirSync(join(fixtures, 'dictionaryLearning')))('%s', async (name) => {
    const path = join(fixtures, 'dictionaryLearning', name);
    const { input, model } = await expectSame({ path }, 'dictionary-learning', beside(path));
    expect(input).toMatchObject({ site: 'attnOut', layer: 3, head: null });
    expect(model?.name).toBe('EleutherAI/pythia-70m-deduped');
  });
});

describe('Gemma Scope', () => {
  const folder = join(fixtures, 'gemmaScope');
  const released = join(folder, 'gemma-scope-2b-pt-att', 'layer_12', 'width_16k', 'average_l0_84');

  it.each([released, join(released, 'params.npz')])('the folders say what it reads', async (path) => {
    const { input, model } = await expectSame({ path }, 'gemma-scope', beside(folder));
    expect(input).toMatchObject({ site: 'z', layer: 12, head: 'concatenated', subtractsBias: false });
    expect(model?.name).toBe('google/gemma-2-2b');
  });

  it('elsewhere somebody has to say it', async () => {
    const path = join(folder, 'compressed.npz');
    await expect(readForeign({ path })).rejects.toThrow(/which value of the model it reads.*L3\.residPost/);
    const place = { site: 'residPost', layer: 5, head: null } as const;
    const { input } = await expectSame({ path, place }, 'gemma-scope', beside(folder));
    expect(input).toMatchObject(place);
  });
});
