import { describe, expect, it } from 'vitest';
import type { ModelSourceInfo } from '../../../engine/results/library.ts';
import type { ResultOf } from '../../../engine/results/contract.ts';
import { modelFacts } from '../../../renderer/views/models/factsOf.ts';
import { folderOf } from '../../../renderer/views/models/folderOf.ts';
import { holdingBars } from '../../../renderer/views/models/holdings.ts';
import { keepWeights, lastWeights } from '../../../renderer/views/models/lastWeights.ts';
import { modelRows, sourceKey } from '../../../renderer/views/models/modelRows.ts';
import { pullRequestOf } from '../../../renderer/views/models/pullRequestOf.ts';
import { stripLayout } from '../../../renderer/views/models/stripLayout.ts';

const model = (path: string) => ({
  path,
  name: path.split('/').at(-1) ?? '',
  format: 'gguf' as const,
  bytes: 1,
  changed: '2026-01-01T00:00:00.000Z',
});

const sources: readonly ModelSourceInfo[] = [
  { id: 'bundled', title: 'Bundled', path: '/app', models: [model('/app/tiny-heads')], problem: null },
  {
    id: 'recent',
    title: 'Recent',
    path: null,
    models: [model('/app/tiny-heads'), model('/m/Smol.gguf')],
    problem: null,
  },
  { id: 'folder', title: 'm', path: '/m', models: [model('/m/Smol.gguf'), model('/m/gpt2.gguf')], problem: null },
];

describe('models of the library', () => {
  it('stand once each, with every source that lists them', () => {
    const rows = modelRows(sources, { source: null, search: '' });
    expect(rows.map(({ path, sources: titles }) => [path, titles])).toEqual([
      ['/app/tiny-heads', ['Bundled', 'Recent']],
      ['/m/Smol.gguf', ['Recent', 'm']],
      ['/m/gpt2.gguf', ['m']],
    ]);
  });

  it('are those of one source, and those that hold every word in name or path', () => {
    const folder = sourceKey({ id: 'folder', path: '/m' });
    expect(modelRows(sources, { source: folder, search: '' })).toHaveLength(2);
    expect(modelRows(sources, { source: null, search: 'GGUF smol' }).map(({ name }) => name)).toEqual(['Smol.gguf']);
  });

  it('counts places of one program as one source, and listed folders each', () => {
    expect(sourceKey({ id: 'lmStudio', path: '/a' })).toBe(sourceKey({ id: 'lmStudio', path: '/b' }));
    expect(sourceKey({ id: 'folder', path: '/a' })).not.toBe(sourceKey({ id: 'folder', path: '/b' }));
  });
});

describe('memory before loading', () => {
  const possible = (weights: number, total: number) => ({ kind: 'possible' as const, weights, total });
  const impossible = { kind: 'impossible' as const, reason: 'the file is not quantised' };

  it('shows free memory on the scale, and what does not fit', () => {
    const memory = { float32: possible(8, 10), quantised: possible(2, 4), mapped: impossible, free: 6 };
    const { rows, most, freeAt } = holdingBars(memory);
    expect(rows.map(({ fits }) => fits)).toEqual([false, true, false]);
    expect(rows[2]?.reason).toBe('the file is not quantised');
    expect([most, freeAt]).toEqual([10, 0.6]);
  });

  it('leaves free memory beyond the end where it would make hairlines of the bars', () => {
    const memory = { float32: possible(8, 10), quantised: impossible, mapped: impossible, free: 1000 };
    expect(holdingBars(memory)).toMatchObject({ most: 25, freeAt: null });
  });
});

describe('the drawing of heads', () => {
  const cells = (path: string) => path.split('z').length - 1;

  it('has a path for each KV group of each layer, with its heads', () => {
    const { groups, columns } = stripLayout(
      Array.from({ length: 30 }, () => ({ heads: 9, kvHeads: 3, window: null })),
      600,
    );
    expect(groups).toHaveLength(90);
    expect(groups.every(({ path }) => cells(path) === 3)).toBe(true);
    expect(columns[0]).toEqual({ layer: 0, x: 10 });
  });

  it('stays within its height for many heads, and keeps layers of fewer', () => {
    const layers = [
      { heads: 128, kvHeads: 8, window: 512 },
      { heads: 64, kvHeads: 64, window: null },
    ];
    const { groups, height } = stripLayout(layers, 600);
    expect(height).toBeLessThanOrEqual(170);
    expect(groups.filter(({ isWindowed }) => isWindowed)).toHaveLength(8);
    expect(groups.reduce((sum, { path }) => sum + cells(path), 0)).toBe(192);
  });
});

describe('what headers say', () => {
  const info: ResultOf<'info'> = {
    path: '/m',
    name: 'm',
    format: 'gguf',
    architecture: { id: 'llama', title: 'Llama' },
    parity: null,
    fingerprint: '0123456789abcdef0123',
    shape: {
      layers: 2,
      heads: 8,
      kvHeads: 2,
      headWidth: 16,
      width: 128,
      mlpWidth: null,
      vocabulary: 1000,
      outputVocabulary: 1000,
      context: 2048,
    },
    causal: true,
    perLayer: [
      { heads: 8, kvHeads: 2, window: 128 },
      { heads: 8, kvHeads: 2, window: null },
    ],
    parameters: 1_234_567,
    storage: [],
    tokenizer: { kind: 'absent', reason: 'no tokenizer.json' },
    lacks: [],
    memory: {
      float32: { kind: 'impossible', reason: '' },
      quantised: { kind: 'impossible', reason: '' },
      mapped: { kind: 'impossible', reason: '' },
      free: 0,
    },
  };

  it('names groups, windows, and what is missing', () => {
    const facts = new Map(modelFacts(info));
    expect(facts.get('heads')).toBe('2 layers × 8 heads, 2 KV groups of 4');
    expect(facts.get('context')).toBe('2,048 tokens; 1 of 2 layers see the last 128 only');
    expect(facts.get('width')).toBe('128, 16 a head, no MLP');
    expect(facts.get('parameters')).toBe('1.23 M (1,234,567)');
    expect(facts.get('tokenizer')).toBe('none: no tokenizer.json');
  });
});

describe('paths and names that are typed', () => {
  it('lists the folder of a file, a folder itself', () => {
    expect(folderOf('/m/smol.gguf')).toBe('/m');
    expect(folderOf('C:\\models\\smol.gguf')).toBe('C:\\models');
    expect(folderOf('/m/folder/')).toBe('/m/folder');
    expect(folderOf('/smol.gguf')).toBe('/');
  });

  it('reads a repository from its address, and names of files', () => {
    expect(
      pullRequestOf({ repository: ' https://huggingface.co/org/name/tree/main ', files: '', revision: '' }),
    ).toEqual({
      repository: 'org/name',
    });
    expect(pullRequestOf({ repository: 'org/name', files: 'a.gguf, b.json', revision: 'v1' })).toEqual({
      repository: 'org/name',
      files: ['a.gguf', 'b.json'],
      revision: 'v1',
    });
  });
});

describe('how weights were held last', () => {
  function storage(initial: string | null) {
    let text = initial;
    return { getItem: () => text, setItem: (_: string, value: string) => void (text = value) };
  }

  it('is kept for each model', () => {
    const kept = storage(null);
    keepWeights('/a', 'quantised', kept);
    keepWeights('/b', 'mapped', kept);
    keepWeights('/a', 'float32', kept);
    expect([lastWeights('/a', kept), lastWeights('/b', kept), lastWeights('/c', kept)]).toEqual([
      'float32',
      'mapped',
      'auto',
    ]);
  });

  it('is forgotten where the storage holds something else', () => {
    expect(lastWeights('/a', storage('{'))).toBe('auto');
    expect(lastWeights('/a', storage('[["/a","fast"],["/b"],3]'))).toBe('auto');
  });
});
