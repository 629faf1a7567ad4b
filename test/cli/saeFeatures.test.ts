import { describe, expect, it, beforeAll } from 'vitest';
import { openModel } from '../../engine/run/index.ts';
import { drawnDictionary, written } from '../sae/features/drawnDictionary.ts';
import { headscope, planted, temporaryFolder } from './headscope.ts';

const rows = ['--task', 'induction', '--n', '8'];

describe('headscope sae features', () => {
  const folder = temporaryFolder();
  const sae = (...args: string[]) => headscope(['sae', 'features', planted, folder, ...args]);

  beforeAll(async () => {
    const model = await openModel(planted);
    await written(folder, drawnDictionary(model, { features: 16, input: { layer: 1, head: 'concatenated' } }));
    await model.dispose();
  });

  it('collects, says how much it found and where it is', async () => {
    const { code, out } = await sae(...rows, '--strongest', '2', '--per-quantile', '1');
    expect(code).toBe(0);
    expect(out).toMatch(/^\d+ features active on \d+ rows/);
    expect(out).toContain(`written: ${folder}`);
  });

  it('shows a card, as text and as JSON', async () => {
    const { out } = await sae('--feature', '2', '--top', '3');
    expect(out).toContain('feature 2\nactive on ');
    expect(out).toMatch(/strongest\n +[\d.]+ {2}.*\[.+\].*\(prompt \d+\)/);
    expect(out).toMatch(/heads that write it: L1H\d [\d.]+ %/);
    const card = JSON.parse((await sae('--feature', '2', '--top', '3', '--json')).out) as Record<string, unknown>;
    expect(card).toMatchObject({ feature: 2, label: null });
    expect(card['contexts']).toSatisfy((list: { values: number[] }[]) =>
      list.every(({ values }) => Array.isArray(values)),
    );
  });

  it('encodes a prompt, splits an activation and edits the feature', async () => {
    const ids = ['--ids', '3,4,5,3,4'];
    expect((await sae(...ids)).out).toMatch(/position +token +unexplained +features\n/);
    const split = await sae(...ids, '--feature', '2', '--position', '4', '--json');
    const found = JSON.parse(split.out) as { difference: number; bySource: number[]; heads: number[]; layer: number };
    expect(found.difference).toBeLessThan(1e-4);
    expect(found.bySource).toHaveLength(found.heads.length * 5);
    expect(found.layer).toBe(1);
    expect((await sae(...ids, '--feature', '2', '--position', '4')).out).toMatch(
      /By source and head:\nsource +head +value\n/,
    );
    expect((await sae(...ids, '--feature', '2', '--add', '3')).out).toMatch(/^KL\(before \|\| after\) [\d.]+ nats\n/);
  });

  it('goes back through dictionaries of earlier layers, as far as it is told', async () => {
    const model = await openModel(planted);
    const earlier = await written(
      temporaryFolder(),
      drawnDictionary(model, { features: 16, input: { site: 'residPre', layer: 1, head: null }, seed: 2 }),
    );
    await model.dispose();
    const asked = ['--ids', '3,4,5,3,4', '--feature', '2', '--position', '4', '--through', earlier];
    expect((await sae(...asked)).out).not.toContain('Back through');
    const { out } = await sae(...asked, '--depth', '2', '--least', '0.01');
    expect(out).toMatch(/Back through dictionaries, [^\n]+\n(  [+−-][\d.]+  \S+ \d+ at \d "[^\n]*\n)+/);
    expect(out).toMatch(/\n  [+−-][\d.]+  other features\n  [+−-][\d.]+  biases\n  [+−-][\d.]+  no feature\n/);
  });

  it.each([
    [['--ids', '3,4', '--feature', '2', '--depth', '2'], '--depth belongs to --through'],
    [['--ids', '3,4', '--feature', '2', '--least', '0.1'], '--least belongs to --depth'],
    [['--feature', '99'], 'no such feature: expected 0 to 15, got 99'],
    [['--ids', '3,4', '--feature', '2', '--position', '7'], 'position out of range: expected 0 to 1, got 7'],
    [['--ids', '3,4', '--feature', '2', '--scale', '2', '--add', '1'], 'only one of --scale and --add'],
    [['--text', 'no-such-file.txt'], 'no-such-file.txt'],
  ])('refuses %j in one line', async (args, expected) => {
    const { code, err } = await sae(...args);
    expect(code).toBe(2);
    expect(err).toContain(expected);
    expect(err.trim().split('\n')).toHaveLength(1);
  });

  it('needs a model and a dictionary', async () => {
    const { code, err } = await headscope(['sae', 'features', planted]);
    expect(code).toBe(2);
    expect(err).toContain('a model and a dictionary are needed');
  });
});
