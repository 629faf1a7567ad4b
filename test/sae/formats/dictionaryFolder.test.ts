/** Our own form: what it does not write, and what it does not read. */
import { existsSync, mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeSafetensors } from '../../../engine/files/writeSafetensors.ts';
import { writtenCases } from '../../../fixtures/make/dictionaries/written.ts';
import type { Dictionary } from '../../../sae/dictionary.ts';
import { readDictionary, readLabels, writeDictionary, writeLabels } from '../../../sae/formats/dictionaryFolder.ts';
import { temporaryFolder } from '../../files/temporary.ts';

const folder = temporaryFolder();
const pursuit = writtenCases().find(({ name }) => name === 'pursuit')?.dictionary as Dictionary;
const stored = (dictionary: Dictionary) => ({ dictionary, training: null, created: '2026-01-01T00:00:00Z' });
const labelled = (count: number) =>
  new Map(Array.from({ length: count }, (_, feature) => [feature, 'x'.repeat(2000)] as const));

describe('labels', () => {
  it('of more than 16 MiB are read again', async () => {
    const path = join(folder, 'labels');
    mkdirSync(path);
    await writeLabels(path, labelled(8500));
    expect((await readLabels(path)).size).toBe(8500);
  });

  it('of more than 64 MiB are neither written nor read', async () => {
    const path = join(folder, 'too-many');
    const many = { ...pursuit, labels: labelled(33_600) };
    await expect(writeDictionary(path, stored(many))).rejects.toThrow(
      /labels\.json: labels that take too much room: expected at most 67108864 bytes, got \d+ for 33600 labels/,
    );
    expect(existsSync(path)).toBe(false);
    mkdirSync(path);
    writeFileSync(join(path, 'labels.json'), '');
    truncateSync(join(path, 'labels.json'), 2 ** 26 + 1);
    await expect(readLabels(path)).rejects.toThrow(/too large: expected at most 67108864 bytes, got 67108865/);
  });

  it('that could not be read are not written', async () => {
    await expect(writeLabels(folder, new Map([[1, 'x'.repeat(2001)]]))).rejects.toThrow(/labels\.json/);
    await expect(writeLabels(folder, new Map([[-1, 'x']]))).rejects.toThrow(/labels\.json\.-1/);
  });
});

describe('an encoder that would take more than there is', () => {
  const encoder = { kind: 'matchingPursuit', residualThreshold: 0, stopsOnRepeat: true } as const;

  it.each([
    ['steps', { ...encoder, steps: 16_385 }, /steps: expected a whole number from 1 to 16384, got 16385/],
    ['groups', { kind: 'onePerGroup', groups: new Array<number>(4097).fill(1) }, /groups: expected 1 to 4096 of them/],
  ] as const)('%s: is not written', async (name, large, message) => {
    const { W_dec, b_dec } = Object.fromEntries(pursuit.weights);
    const features = large.kind === 'onePerGroup' ? 4097 : pursuit.features;
    const sized = (count: number) => new Float32Array(count);
    const weights =
      large.kind === 'onePerGroup'
        ? { W_enc: sized(4097 * pursuit.width), b_enc: sized(4097), W_dec: sized(4097 * pursuit.width), b_dec }
        : { W_dec, b_dec };
    const dictionary = {
      ...{ ...pursuit, features, encoder: large, density: null, labels: new Map() },
      weights: new Map(Object.entries(weights)),
    } as Dictionary;
    await expect(writeDictionary(join(folder, name), stored(dictionary))).rejects.toThrow(message);
  });

  it.each([
    ['steps', { ...encoder, steps: 2 ** 40 }, /encoder\.steps: .* at most 16384, got 1099511627776/],
    [
      'groups',
      { kind: 'onePerGroup', groups: new Array<number>(5000).fill(1) },
      /encoder\.groups: .* at most 4096, got a list of 5000/,
    ],
  ])('%s: is not read', async (name, large, message) => {
    const path = join(folder, `${name}-read`);
    mkdirSync(path);
    const { width, features, input, origin, model } = pursuit;
    const described = { version: 1, width, features, encoder: large, input, origin, model };
    const metadata = { 'headscope-dictionary': JSON.stringify({ ...described, training: null, created: '' }) };
    await writeSafetensors(join(path, 'dictionary.safetensors'), [], metadata);
    await expect(readDictionary(path)).rejects.toThrow(message);
  });
});
