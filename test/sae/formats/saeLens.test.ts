/** Against SAELens itself: fixtures/make/saeLens.py. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { writtenCases } from '../../../fixtures/make/dictionaries/written.ts';
import { readForeign } from '../../../sae/formats/readForeign.ts';
import { apart, computed, golden } from './computed.ts';

const fixtures = fileURLToPath(new URL('../../../fixtures/dictionaries', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'headscope-saelens-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('folders of SAELens give the codes and reconstructions of SAELens', () => {
  it.each(readdirSync(join(fixtures, 'saelens')))('%s', async (name) => {
    const path = join(fixtures, 'saelens', name);
    const { dictionary, format } = await readForeign({ path });
    const expected = await golden(join(path, 'golden.safetensors'));
    const { codes, reconstruction } = await computed(dictionary, await expected('x'));
    // layer_norm adds 1e-5 to the deviation there; a pursuit in its units has codes of another size.
    const close = name.endsWith('layer-norm') ? 1e-4 : 1e-5;
    expect(format).toBe('saelens');
    expect(codes.some((value) => value !== 0)).toBe(true);
    expect(apart(reconstruction, await expected('reconstruction'))).toBeLessThan(close);
    const unit = name === 'matching-pursuit-layer-norm' ? Math.sqrt(7 / 8) : 1;
    expect(
      apart(
        codes.map((value) => value * unit),
        await expected('codes'),
      ),
    ).toBeLessThan(close);
  });
});

describe('what is written here is the same in SAELens', () => {
  it.each(writtenCases())('$name', async ({ name, dictionary, rows }) => {
    const expected = await golden(join(fixtures, 'written.safetensors'), `${name}.`);
    const { codes, reconstruction } = await computed(dictionary, rows.data);
    const unit = { 'pursuit-scaled': 1 / 1.3, 'pursuit-repeats': Math.sqrt(7 / 8) }[name] ?? 1;
    const close = dictionary.input.normalisation === 'layerNorm' ? 1e-4 : 1e-5;
    expect(apart(reconstruction, await expected('reconstruction'))).toBeLessThan(close);
    expect(
      apart(
        codes.map((value) => value * unit),
        await expected('codes'),
      ),
    ).toBeLessThan(close);
  });
});
