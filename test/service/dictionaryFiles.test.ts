/** Calls about dictionaries on disk: import, export, the table, two of them matched. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { drain } from '../../engine/results/index.ts';
import { exportDictionaryCall } from '../../engine/service/calls/exportDictionary.ts';
import { importDictionaryCall } from '../../engine/service/calls/importDictionary.ts';
import { dictionaryTableCall } from '../../engine/service/calls/dictionaryTable.ts';
import { matchDictionariesCall } from '../../engine/service/calls/matchDictionaries.ts';
import { seededRandom } from '../../engine/tensor/random.ts';
import { writtenCases } from '../../fixtures/make/dictionaries/written.ts';
import type { Dictionary } from '../../sae/dictionary.ts';
import { readDictionary, writeDictionary } from '../../sae/formats/dictionaryFolder.ts';
import { temporaryFolder } from '../files/temporary.ts';

const fixtures = fileURLToPath(new URL('../../fixtures/dictionaries', import.meta.url));
const folder = temporaryFolder();
const at = (name: string) => join(folder, name);
const options = { signal: new AbortController().signal, priority: 'interactive' as const };

/** A ReLU dictionary with this decoder; the encoder reads the same directions. */
function tied(decoder: Float32Array, width: number, input: Partial<Dictionary['input']> = {}): Dictionary {
  const base = (writtenCases()[0] as { dictionary: Dictionary }).dictionary;
  const features = decoder.length / width;
  const encoder = decoder.map((_, i) => decoder[(i % features) * width + Math.floor(i / features)] as number);
  const bias = Float32Array.from({ length: features }, (_, i) => -i);
  return {
    ...base,
    ...{ width, features, density: null, labels: new Map([[1, 'one']]) },
    input: { ...base.input, ...input },
    weights: new Map([
      ['W_enc', encoder],
      ['b_enc', bias],
      ['W_dec', decoder],
      ['b_dec', new Float32Array(width)],
    ]),
  };
}

function drawn(features: number, width: number, seed: number): Float32Array {
  const random = seededRandom(seed);
  return Float32Array.from({ length: features * width }, () => random.normal());
}

async function put(name: string, dictionary: Dictionary): Promise<string> {
  await writeDictionary(at(name), { dictionary, training: null, created: '2026-01-01T00:00:00.000Z' });
  return at(name);
}

describe('import and export', () => {
  it('a folder of SAELens becomes a dictionary with its labels, and goes back', async () => {
    const out = at('imported');
    const { card, format, notes } = await importDictionaryCall()(
      { path: join(fixtures, 'saelens', 'gated'), out },
      options,
    );
    expect([format, notes]).toEqual(['saelens', []]);
    expect(card).toMatchObject({
      made: 'imported',
      by: 'saelens',
      features: 12,
      width: 8,
      reads: 'z of L2H1',
      path: out,
    });
    writeFileSync(join(out, 'labels.json'), '{"3": "dates"}');
    const exported = await exportDictionaryCall()({ dictionary: out, format: 'saelens', out: at('exported') }, options);
    expect(exported.files.map((file) => file.slice(at('exported').length + 1))).toEqual([
      'cfg.json',
      'sae_weights.safetensors',
      'labels.json',
    ]);
    expect(JSON.parse(readFileSync(join(at('exported'), 'cfg.json'), 'utf8'))).toMatchObject({
      architecture: 'gated',
      metadata: { hook_name: 'blocks.2.attn.hook_z', hook_head_index: 1, model_name: 'tiny' },
    });
    await importDictionaryCall()({ path: at('exported'), out: at('again') }, options);
    const [first, second] = [await readDictionary(out), await readDictionary(at('again'))];
    expect(second.dictionary.weights).toEqual(first.dictionary.weights);
    expect(second.dictionary.labels).toEqual(new Map([[3, 'dates']]));
  });

  it('a dictionary of this program is copied, to another place if asked', async () => {
    const path = await put('own', tied(drawn(4, 8, 2), 8));
    const place = { site: 'z', layer: 0, head: 5 } as const;
    const { format, card } = await importDictionaryCall()({ path, out: at('copy'), place }, options);
    expect([format, card.reads, card.made, card.labels]).toEqual(['headscope', 'z of L0H5', 'trained', 1]);
  });

  it('nothing goes over what is there, nothing is left of what was refused', async () => {
    const path = await put('there', tied(drawn(4, 8, 1), 8));
    await expect(importDictionaryCall()({ path, out: path }, options)).rejects.toThrow(/there is a dictionary already/);
    await expect(
      importDictionaryCall()({ path: join(fixtures, 'gemmaScope', 'compressed.npz'), out: at('refused') }, options),
    ).rejects.toThrow(/which value of the model/);
    expect(existsSync(at('refused'))).toBe(false);
    for (const format of ['html', 'saedashboard'] as const)
      await expect(exportDictionaryCall()({ dictionary: path, format, out: at('page') }, options)).rejects.toThrow(
        /nothing was collected about the features/,
      );
  });
});

describe('the table', () => {
  const column = async (path: string, id: string, heads?: number) => {
    const { columns } = await dictionaryTableCall()(
      { dictionary: path, ...(heads === undefined ? {} : { heads }) },
      options,
    );
    return columns.find((one) => one.id === id)?.values;
  };
  // Rows 0 and 2 point almost the same way.
  const decoder = Float32Array.of(3, 4, 0, 0, 0, 0, 2, 0, 3, 4, 0.1, 0);

  it('lengths, biases, encoder and decoder, the nearest other row', async () => {
    const path = await put('small', tied(decoder, 4));
    const { card, head, labels } = await dictionaryTableCall()({ dictionary: path }, options);
    expect([card.features, head, labels]).toEqual([3, null, [{ feature: 1, label: 'one' }]]);
    expect(await column(path, 'decoderNorm')).toEqual(Float32Array.of(5, 2, Math.sqrt(25.01)));
    expect(await column(path, 'encoderBias')).toEqual(Float32Array.of(-0, -1, -2));
    for (const value of (await column(path, 'encoderDecoderCosine')) ?? []) expect(value).toBeCloseTo(1, 6);
    const nearest = await column(path, 'nearest');
    expect(nearest?.[0]).toBeCloseTo(25 / (5 * Math.sqrt(25.01)), 6);
    expect(nearest?.[1]).toBeCloseTo(0.1 / Math.sqrt(25.01), 6);
    expect(await column(path, 'density')).toEqual(new Float32Array(3).fill(NaN));
  });

  it('the head that writes most, where heads lie side by side', async () => {
    const path = await put('heads', tied(decoder, 4, { site: 'z', layer: 1, head: 'concatenated' }));
    const { head } = await dictionaryTableCall()({ dictionary: path, heads: 2 }, options);
    expect(head).toEqual(Uint32Array.of(0, 1, 0));
    await expect(dictionaryTableCall()({ dictionary: path, heads: 3 }, options)).rejects.toThrow(
      /width of the dictionary: expected a multiple of 3 heads, got 4/,
    );
  });

  it('a pursuit has no encoder of its own', async () => {
    const { dictionary } = writtenCases().find(({ name }) => name === 'pursuit') as { dictionary: Dictionary };
    const { columns } = await dictionaryTableCall()({ dictionary: await put('pursuit', dictionary) }, options);
    expect(columns.map(({ id }) => id)).toEqual(['density', 'decoderNorm', 'nearest']);
  });

  it('more rows than can be compared are not, and the column says so', async () => {
    const path = await put('large', tied(new Float32Array(600_000).fill(1), 1));
    const { columns } = await dictionaryTableCall()({ dictionary: path }, options);
    const nearest = columns.find(({ id }) => id === 'nearest');
    expect(nearest?.unit).toBe('cosine; not computed: 600000 x 600000 rows of 1 are too many');
    expect(nearest?.values.every((value) => Number.isNaN(value))).toBe(true);
  });
});

describe('two dictionaries', () => {
  const match = (a: string, b: string) => drain(matchDictionariesCall()({ a, b }, options), () => undefined);
  let first: string;
  beforeAll(async () => {
    first = await put('first', tied(drawn(20, 8, 5), 8));
  });

  it('the same rows in another order are found', async () => {
    const rows = drawn(20, 8, 5);
    const order = Array.from({ length: 20 }, (_, i) => (i * 7) % 20);
    const turned = Float32Array.from(
      rows,
      (_, i) => 3 * (rows[(order[Math.floor(i / 8)] as number) * 8 + (i % 8)] as number),
    );
    const { a, b, cosine, mean, share, notes } = await match(first, await put('turned', tied(turned, 8)));
    expect([...b].map((feature) => order[feature])).toEqual([...a]);
    expect([cosine.length, share, notes]).toEqual([20, 1, []]);
    expect(mean).toBeCloseTo(1, 6);
  });

  it('of other places and sizes: the smaller one is matched, and a note says so', async () => {
    const second = await put('second', tied(drawn(12, 8, 6), 8, { layer: 2 }));
    const found = await match(first, second);
    expect([found.a.length, found.nearestOfA.length, found.nearestOfB.length]).toEqual([12, 20, 12]);
    expect(found.notes).toEqual(['they read different values: residPre of layer 3, and residPre of layer 2']);
    expect([...found.cosine]).toEqual([...found.cosine].sort((x, y) => y - x));
    found.a.forEach((feature, i) =>
      expect(found.cosine[i]).toBeLessThanOrEqual((found.nearestOfA[feature] as number) + 1e-6),
    );
  });

  it('large ones: the best pair first, one to one', async () => {
    const rows = drawn(4200, 8, 7);
    const [a, b] = [await put('large-a', tied(rows, 8)), await put('large-b', tied(rows.subarray(0, 8 * 4100), 8))];
    const found = await match(a, b);
    expect(found.notes).toEqual([expect.stringMatching(/above 2,048 features the pair with the largest cosine/)]);
    expect([found.a.length, found.share]).toEqual([4100, 1]);
    expect([...found.a]).toEqual([...found.b]);
  });

  it('another width is refused', async () => {
    const other = await put('narrow', tied(drawn(5, 4, 8), 4));
    await expect(match(first, other)).rejects.toThrow(
      /narrow: the dictionaries read rows of different widths: expected 8, for residPre of layer 3, got 4/,
    );
  });
});
