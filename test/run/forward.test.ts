import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Capture, Model } from '../../engine/run/index.ts';
import { openModel } from '../../engine/run/index.ts';
import { sites, isSite } from '../../engine/terms/sites.ts';
import { Fault } from '../../engine/terms/fault.ts';
import { golden, largest, maxDifference, openGolden, randomIds, rowOf } from './models.ts';

// One of each kind of mask and position: rotary with groups, windows, learned positions, ALiBi, parallel block.
const folders = [
  ...['llama-gqa', 'mistral-window', 'gpt2-tied', 'bloom-alibi', 'gemma3-mixed', 'opt-plain', 'gptNeoX-parallel'],
  // Rotary kinds that depend on the prompt's length.
  ...['phi3-longLong', 'phi3-longShort', 'llama-dynamic'],
];

describe.each(folders)('a forward pass of %s', (folder) => {
  let model: Model;
  let capture: Capture[];
  beforeAll(async () => {
    model = await openGolden(folder);
    capture = Object.keys(sites)
      .filter(isSite)
      .filter((site) => model.family.lacks[site] === undefined)
      .map((site) => ({ site }));
  });
  afterAll(() => model.dispose());

  it('gives a row in a batch what the row gives alone, whichever side is padded, at every site', async () => {
    const rows = [randomIds(model, 9, 1), randomIds(model, 5, 2), randomIds(model, 7, 3)];
    const right = await model.forward({ ids: rows, capture });
    const left = await model.forward({ ids: rows, capture, padding: 'left' });
    for (const [b, ids] of rows.entries()) {
      const alone = await model.forward({ ids: [ids], capture });
      for (const name of alone.names()) {
        const [site = '', layer] = name.split('.');
        if (!isSite(site)) throw new RangeError(name);
        const at = layer === undefined ? undefined : Number(layer);
        const expected = rowOf(alone.get(site, at), 0, 0, ids.length);
        // Different batch shapes may take different kernels: 1e-5 of the site's largest magnitude.
        const tolerance = 1e-5 * Math.max(1, largest({ data: Float32Array.from(expected) }));
        const worst = (values: readonly number[]) =>
          values.reduce((most, x, i) => Math.max(most, Math.abs(x - (expected[i] ?? NaN))), 0);
        expect(worst(rowOf(right.get(site, at), b, 0, ids.length)), `${name}, right padding`).toBeLessThan(tolerance);
        expect(worst(rowOf(left.get(site, at), b, 9 - ids.length, 9)), `${name}, left padding`).toBeLessThan(tolerance);
      }
    }
  });

  it('gives the same in chunks of queries as in one piece', async () => {
    const ids = [randomIds(model, 9, 4), randomIds(model, 9, 5)];
    const chunkable = capture.filter(({ site }) => site !== 'scores');
    const whole = await model.forward({ ids, capture: chunkable });
    const chunked = await model.forward({ ids, capture: chunkable, maxQueries: 4 });
    expect(chunked.names()).toEqual(whole.names());
    for (const name of whole.names()) {
      const [site = '', layer] = name.split('.');
      if (!isSite(site)) throw new RangeError(name);
      const at = layer === undefined ? undefined : Number(layer);
      const expected = whole.get(site, at);
      expect(maxDifference(chunked.get(site, at), expected), name).toBeLessThan(1e-5 * Math.max(1, largest(expected)));
    }
  });

  it('gives the same logits at the last positions when only those are asked for', async () => {
    const ids = [randomIds(model, 8, 6), randomIds(model, 6, 7)];
    const all = (await model.forward({ ids })).logits;
    const last = (await model.forward({ ids, logits: 'last' })).logits;
    if (all === null || last === null) throw new RangeError('no logits');
    const width = last.axes[2]?.size ?? 0;
    [7, 5].forEach((position, b) => {
      const expected = all.data.subarray((b * 8 + position) * width, (b * 8 + position + 1) * width);
      const got = last.data.subarray(b * width, (b + 1) * width);
      expected.forEach((value, i) =>
        expect(Math.abs((got[i] ?? NaN) - value)).toBeLessThan(1e-5 * Math.max(1, largest(all))),
      );
    });
  });

  it('generates greedily what repeated forward passes predict', async () => {
    const ids = randomIds(model, 6, 8);
    const made: number[] = [];
    for await (const token of model.generate({ ids, maxNew: 5, endIds: [] })) made.push(token.id);
    const grown = [...ids];
    for (const id of made) {
      const { logits } = await model.forward({ ids: [grown], logits: 'last' });
      const data = logits?.data ?? new Float32Array();
      expect(data.indexOf(Math.max(...data))).toBe(id);
      grown.push(id);
    }
  });
});

describe('bad requests', () => {
  let model: Model;
  beforeAll(async () => {
    model = await openGolden('llama-gqa');
  });
  afterAll(() => model.dispose());

  it.each([
    ['no prompts', { ids: [] }, /no prompts/],
    ['an empty prompt', { ids: [[1, 2], []] }, /prompt 1: empty prompt/],
    ['an id outside the vocabulary', { ids: [[1, 1e6]] }, /prompt 0, position 1: token id outside the vocabulary/],
    ['an id that is no integer', { ids: [[0.5]] }, /outside the vocabulary/],
    [
      'a prompt longer than the context',
      { ids: [Array.from({ length: 100_000 }, () => 1)] },
      /longer than the context/,
    ],
    ['a layer out of range', { ids: [[1]], capture: [{ site: 'z' as const, layers: [99] }] }, /layer out of range/],
    [
      'an edit of a head out of range',
      { ids: [[1]], edits: [{ site: 'z' as const, heads: [99], operation: { kind: 'zero' as const } }] },
      /head out of range/,
    ],
    [
      'a mask at another site',
      { ids: [[1]], edits: [{ site: 'z' as const, operation: { kind: 'mask' as const } }] },
      /mask works at one site only/,
    ],
    [
      'a mask that leaves nothing',
      { ids: [[1, 2]], edits: [{ site: 'scores' as const, operation: { kind: 'mask' as const } }] },
      /hides every key/,
    ],
  ])('refuses %s in one line', async (_, request, message) => {
    await expect(model.forward(request)).rejects.toThrow(Fault);
    await expect(model.forward(request)).rejects.toThrow(message);
  });

  it('stops between programs when asked to', async () => {
    await expect(model.forward({ ids: [[1]], signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
  });
});

describe.each(['llama-gqa', 'llama-sharded', 'gpt2-untied', 'transformerLens-full'])(
  'weights of %s left in their file',
  (folder) => {
    it('give what weights read into memory give, with edits and at every site', async () => {
      const edits = [{ site: 'z' as const, layers: [0], heads: [1], operation: { kind: 'zero' as const } }];
      const [read, mapped] = [await openGolden(folder), await openModel(golden(folder), { weights: 'mapped' })];
      const ids = [randomIds(read, 7, 1), randomIds(read, 5, 2)];
      const capture = [{ site: 'pattern' as const }, { site: 'headWrite' as const }];
      const [expected, found] = [
        await read.forward({ ids, edits, capture }),
        await mapped.forward({ ids, edits, capture }),
      ];
      for (const name of ['logits', ...expected.names()]) {
        const [site = '', layer] = name.split('.');
        if (!isSite(site)) throw new RangeError(name);
        const of = (run: typeof expected) => (site === 'logits' ? run.logits : run.get(site, Number(layer)));
        const [a, b] = [of(expected), of(found)];
        if (a === null || b === null) throw new RangeError(name);
        expect(maxDifference(a, b), name).toBeLessThan(1e-5 * Math.max(1, largest(a)));
      }
      await read.dispose();
      await mapped.dispose();
    });
  },
);
