import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readDictionary } from '../../sae/formats/dictionaryFolder.ts';
import { headscope, temporaryFolder } from './headscope.ts';

const fixtures = fileURLToPath(new URL('../../fixtures/dictionaries', import.meta.url));
const folder = temporaryFolder();
const at = (name: string) => join(folder, name);
const arrays = join(fixtures, 'gemmaScope', 'compressed.npz');

async function expectRefused(argv: readonly string[], message: RegExp): Promise<void> {
  const { code, out, err } = await headscope(argv);
  expect(err).toMatch(message);
  expect(err).toMatch(/^headscope: [^\n]+\n$/);
  expect([code, out]).toEqual([2, '']);
}

describe('headscope sae import', () => {
  it('says what came of it, and its notes apart', async () => {
    const { code, out, err } = await headscope([
      'sae',
      'import',
      join(fixtures, 'saelens', 'flat-standard'),
      '--out',
      at('flat'),
    ]);
    expect(code).toBe(0);
    expect(out).toBe(
      `flat: 12 features of residPre of layer 8 (width 8), of gpt2-small\nsaelens: written to ${at('flat')}\n`,
    );
    expect(err).toMatch(/^note: how the model was loaded is not said/);
  });

  it('--site says what the file does not; --json gives the card', async () => {
    const { out } = await headscope(['sae', 'import', arrays, '--site', 'L12.z', '--out', at('gemma'), '--json']);
    const { format, card } = JSON.parse(out) as { format: string; card: unknown };
    expect(format).toBe('gemma-scope');
    expect(card).toMatchObject({
      place: { site: 'z', layer: 12, head: 'concatenated' },
      features: 12,
      made: 'imported',
    });
  });

  it.each([
    ['L3H1.z', { site: 'z', layer: 3, head: 1 }],
    ['L3.each.headWrite', { site: 'headWrite', layer: 3, head: 'each' }],
    ['*.z', { site: 'z', layer: null, head: 'each' }],
    ['*.residPost', { site: 'residPost', layer: null, head: null }],
    ['L0.mlpOut', { site: 'mlpOut', layer: 0, head: null }],
  ])('--site %s', async (site, place) => {
    const out = at(`site ${site.replace('*', 'all')}`);
    expect((await headscope(['sae', 'import', arrays, '--site', site, '--out', out])).code).toBe(0);
    expect((await readDictionary(out)).dictionary.input).toMatchObject(place);
  });

  it.each(['L3H1.residPost', 'L3.each.residPost', 'L3H*.z', 'L3H1.each.z', 'L3.q', 'z'])(
    '--site %s is refused',
    (site) =>
      expectRefused(
        ['sae', 'import', arrays, '--site', site, '--out', at('x')],
        /sae import: --site: expected one place such as/,
      ),
  );

  it.each([
    [
      ['sae', 'import', '--out', 'x'],
      /sae import: one path is needed: expected a folder or a file of another tool, got nothing/,
    ],
    [['sae', 'import', 'a', 'b', '--out', 'x'], /one path is needed: .*got a b/],
    [['sae', 'import', arrays], /sae import: --out is missing/],
    [['sae', 'import', arrays, '--format', 'onnx', '--out', 'x'], /--format: expected one of saelens, .*got onnx/],
    [['sae', 'import', arrays, '--out', 'x'], /which value of the model it reads.*\(--site\)/],
  ])('%j', (argv, message) => expectRefused(argv, message));
});

describe('headscope sae export', () => {
  it('a folder for SAELens, once', async () => {
    await headscope(['sae', 'import', join(fixtures, 'saelens', 'matching-pursuit'), '--out', at('pursuit')]);
    const argv = ['sae', 'export', at('pursuit'), '--format', 'saelens', '--out', at('for-saelens')];
    const { code, out, err } = await headscope(argv);
    expect([code, err]).toEqual([0, '']);
    expect(out).toBe(`${join(at('for-saelens'), 'cfg.json')}\n${join(at('for-saelens'), 'sae_weights.safetensors')}\n`);
    expect(JSON.parse(readFileSync(join(at('for-saelens'), 'cfg.json'), 'utf8'))).toMatchObject({
      architecture: 'matching_pursuit',
      residual_threshold: 0.8,
      max_iterations: 6,
      stop_on_duplicate_support: true,
      reshape_activations: 'hook_z',
      metadata: { hook_name: 'blocks.2.attn.hook_z' },
    });
    await expectRefused(argv, /cfg\.json: the file exists already: expected a new folder/);
  });

  it('what has no form there is said with --json, too', async () => {
    await headscope(['sae', 'import', arrays, '--site', '*.z', '--out', at('shared')]);
    const argv = ['sae', 'export', at('shared'), '--format', 'saelens', '--out', at('shared-out'), '--json'];
    const { files, notes } = JSON.parse((await headscope(argv)).out) as { files: string[]; notes: string[] };
    expect(files).toHaveLength(2);
    expect(notes).toEqual(['hook_name is left out: z of every head is no one hook']);
  });

  it.each([
    [['sae', 'export', '--format', 'html', '--out', 'x'], /sae export: one dictionary is needed/],
    [
      ['sae', 'export', at('pursuit'), '--out', 'x'],
      /--format is missing: expected one of saelens, html, saedashboard/,
    ],
    [['sae', 'export', at('pursuit'), '--format', 'html'], /--out is missing/],
    [
      ['sae', 'export', at('pursuit'), '--format', 'saelens', '--features', '3', '--out', 'x'],
      /--features belongs to html/,
    ],
    [['sae', 'export', at('nowhere'), '--format', 'saelens', '--out', at('x')], /nowhere.*no such file or folder/],
    [
      ['sae', 'export', at('pursuit'), '--format', 'html', '--out', at('x')],
      /nothing was collected about the features/,
    ],
  ])('%j', async (argv, message) => {
    await expectRefused(argv, message);
    expect(existsSync(at('x'))).toBe(false);
  });
});
