/** Sinks and a recent window per head, and edits with a scope: against a softmax written out, and generation against whole passes. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Model } from '../../engine/run/index.ts';
import { openModel } from '../../engine/run/index.ts';
import { forcedLogits } from '../../engine/run/forcedLogits.ts';
import { emptyPrefix, extendPrefix } from '../../engine/run/prefix.ts';
import type { Edit } from '../../engine/terms/edits.ts';
import type { Tensor } from '../../engine/tensor/tensor.ts';
import { axisSize } from '../../engine/tensor/tensor.ts';
import { golden, maxDifference, openGolden, randomIds, rowOf } from './models.ts';

const stream = (sinks: number, recent: number, where: Partial<Edit> = {}): Edit => ({
  ...{ site: 'scores', operation: { kind: 'stream', sinks, recent } },
  ...where,
});

/** Row q of a pattern from the scores of the keys that are seen; 0 elsewhere. */
function softmaxOf(scores: Tensor, head: number, query: number, isSeen: (key: number) => boolean): number[] {
  const [heads, queries, keys] = [axisSize(scores, 'N'), axisSize(scores, 'P'), axisSize(scores, 'K')];
  const row = [...scores.data.subarray((head * queries + query) * keys, (head * queries + query + 1) * keys)];
  expect(heads).toBeGreaterThan(head);
  const top = Math.max(...row.filter((_, key) => isSeen(key)));
  const weights = row.map((score, key) => (isSeen(key) ? Math.exp(score - top) : 0));
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
}

function patternRow(pattern: Tensor, head: number, query: number): number[] {
  const [queries, keys] = [axisSize(pattern, 'P'), axisSize(pattern, 'K')];
  return [...pattern.data.subarray((head * queries + query) * keys, (head * queries + query + 1) * keys)];
}

describe.each([
  ['llama-gqa', null],
  ['bloom-alibi', null],
  ['mistral-window', 4],
  ['gptNeo-local', 4],
  ['gemma3-mixed', null],
])('stream in %s', (folder, _about) => {
  let model: Model;
  let ids: number[];

  beforeAll(async () => {
    model = await openGolden(folder);
    ids = randomIds(model, 10, 3);
  });
  afterAll(() => model.dispose());

  it.each([
    [1, 2],
    [0, 1],
    [2, 3],
  ])(
    'shows the first %i keys and the last %i of a row, in chunks too, and other heads everything',
    async (sinks, recent) => {
      const { family } = model;
      for (let layer = 0; layer < family.shape.layers; layer++) {
        const { windowOf } = family;
        const window = windowOf(layer) ?? Infinity;
        const clean = await model.forward({
          ids: [ids],
          capture: [
            { site: 'scores', layers: [layer] },
            { site: 'pattern', layers: [layer] },
          ],
        });
        const edits = [stream(sinks, recent, { layers: [layer], heads: [1] })];
        const capture = [{ site: 'pattern', layers: [layer] }] as const;
        for (const maxQueries of [512, 3]) {
          const pattern = (await model.forward({ ids: [ids], edits, capture, maxQueries })).get('pattern', layer);
          for (let query = 0; query < ids.length; query++) {
            const isSeen = (key: number) =>
              key <= query && query - key < window && (key < sinks || query - key < recent);
            const expected = softmaxOf(clean.get('scores', layer), 1, query, isSeen);
            patternRow(pattern, 1, query).forEach((weight, key) => expect(weight).toBeCloseTo(expected[key] ?? NaN, 5));
            expect(patternRow(pattern, 0, query)).toEqual(
              patternRow(clean.get('pattern', layer), 0, query).map((weight): unknown => expect.closeTo(weight, 5)),
            );
          }
        }
      }
    },
  );
});

describe('edits with a scope', () => {
  let model: Model;
  let ids: number[];
  const uniform = (scope: 'all' | 'prefill' | 'decode', where: Partial<Edit> = {}): Edit => ({
    ...{ site: 'scores', layers: [0], heads: [1], operation: { kind: 'zero' }, scope },
    ...where,
  });
  const pattern = async (edits: readonly Edit[], promptLengths: readonly number[] = [8]) =>
    (await model.forward({ ids: [ids], edits, capture: [{ site: 'pattern', layers: [0] }], promptLengths })).get(
      'pattern',
      0,
    );

  beforeAll(async () => {
    model = await openGolden('llama-gqa');
    ids = randomIds(model, 8, 5);
  });
  afterAll(() => model.dispose());

  it('decode acts where new tokens are made: at the last position of a prompt and after it', async () => {
    const clean = await pattern([]);
    const whole = await pattern([uniform('decode')]);
    const answered = await pattern([uniform('decode')], [6]);
    const even = (query: number) =>
      Array.from({ length: 8 }, (_, key): unknown => expect.closeTo(key <= query ? 1 / (query + 1) : 0, 5));
    expect(patternRow(whole, 1, 7)).toEqual(even(7));
    expect(patternRow(whole, 1, 6)).toEqual(patternRow(clean, 1, 6));
    expect([5, 6, 7].map((query) => patternRow(answered, 1, query))).toEqual([even(5), even(6), even(7)]);
    expect(patternRow(answered, 1, 4)).toEqual(patternRow(clean, 1, 4));
  });

  it('prefill and decode together are all', async () => {
    const both = await pattern([uniform('prefill'), uniform('decode')], [5]);
    expect(maxDifference(both, await pattern([uniform('all')]))).toBe(0);
    const [some, other] = [await pattern([uniform('prefill')], [5]), await pattern([])];
    expect(patternRow(some, 1, 4)).toEqual(patternRow(other, 1, 4));
  });

  it('hold whichever way rows of unequal length are padded', async () => {
    const rows = [ids, ids.slice(0, 5)];
    const edits = [
      uniform('decode'),
      stream(1, 2, { layers: [0], heads: [2], scope: 'prefill' }),
      stream(1, 2, { layers: [1] }),
    ];
    const request = { edits, capture: [{ site: 'pattern' }], promptLengths: [6, 3] } as const;
    const right = await model.forward({ ids: rows, ...request });
    const left = await model.forward({ ids: rows, padding: 'left', ...request });
    for (const [row, own] of rows.entries()) {
      const alone = await model.forward({ ids: [own], ...request, promptLengths: [request.promptLengths[row] ?? 0] });
      for (const layer of [0, 1]) {
        const expected = rowOf(alone.get('pattern', layer), 0, 0, own.length).map((x): unknown => expect.closeTo(x, 5));
        expect(rowOf(right.get('pattern', layer), row, 0, own.length)).toEqual(expected);
        expect(rowOf(left.get('pattern', layer), row, 8 - own.length, 8)).toEqual(expected);
      }
    }
  });

  it('what is hidden stays hidden, whatever is done to the scores and in whichever order', async () => {
    const edits: Edit[] = [
      stream(1, 2, { layers: [0], heads: [1] }),
      { site: 'scores', layers: [0], heads: [1], keys: [0], positions: [7], operation: { kind: 'mask' } },
      { site: 'scores', layers: [0], heads: [1], operation: { kind: 'zero' } },
    ];
    const rows = [await pattern(edits), await pattern([...edits].reverse())];
    for (const found of rows) {
      expect(patternRow(found, 1, 7)).toEqual([0, 0, 0, 0, 0, 0, 0.5, 0.5].map((x): unknown => expect.closeTo(x, 6)));
      expect(patternRow(found, 1, 6)[0]).toBeCloseTo(1 / 3, 5);
    }
  });

  it.each<[string, Edit[], RegExp]>([
    [
      'another site',
      [{ site: 'pattern', operation: { kind: 'stream', sinks: 1, recent: 2 } }],
      /stream works at one site only.*expected scores/,
    ],
    ['no recent key', [stream(2, 0)], /expected sinks of 0 or more, recent of 1 or more, got 2, 0/],
    ['a fraction', [stream(0.5, 2)], /expected sinks of 0 or more/],
    ['keys of its own', [stream(1, 2, { keys: [3] })], /stream says itself which keys are seen/],
    [
      'nothing left beside a mask',
      [
        stream(1, 1, { heads: [0] }),
        { site: 'scores', heads: [0, 1], positions: [5], keys: [0, 5], operation: { kind: 'mask' } },
      ],
      /edit 1 \(scores\) and edit 2 \(scores\), row 0, query 5: mask hides every key/,
    ],
  ])('%s is refused', async (_, edits, reason) => {
    await expect(model.forward({ ids: [ids], edits })).rejects.toThrow(reason);
  });

  it('a prompt longer than its row is refused', async () => {
    await expect(pattern([], [9])).rejects.toThrow(/length of a prompt.*expected 1 to 8, got 9/);
  });
});

it.each([
  ['transformerLens-bidirectional', 2, /stream in a bidirectional model/],
  ['mistral-window', 4, /stream that changes nothing.*recent below the sliding window of 4/],
])('stream is refused where it means nothing: %s', async (folder, recent, reason) => {
  const model = await openGolden(folder);
  try {
    await expect(model.forward({ ids: [randomIds(model, 6, 1)], edits: [stream(1, recent)] })).rejects.toThrow(reason);
  } finally {
    await model.dispose();
  }
});

describe('with a cache', () => {
  let model: Model;
  let prompt: number[];
  const edits: Edit[] = [
    stream(2, 9, { layers: [0, 2], heads: [0, 3, 5] }),
    stream(4, 60, { layers: [1] }),
    { site: 'z', layers: [2], heads: [6], scope: 'prefill', operation: { kind: 'zero' } },
    { site: 'scores', layers: [3], heads: [1, 2], scope: 'decode', operation: { kind: 'zero' } },
    { site: 'scores', layers: [3], heads: [4], keys: [0, 1], positions: [-1], operation: { kind: 'mask' } },
  ];

  beforeAll(async () => {
    model = await openModel(golden('../models/tiny-heads'));
    prompt = randomIds(model, 300, 9);
  });
  afterAll(() => model.dispose());

  it('generation is what the whole text gives, over chunks of the prompt and steps after it', async () => {
    const made: { id: number; logProbability: number }[] = [];
    const some = edits.slice(0, 4);
    for await (const token of model.generate({ ids: prompt, maxNew: 4, edits: some, endIds: [] })) made.push(token);
    for (const [step, { id, logProbability }] of made.entries()) {
      const ids = [...prompt, ...made.slice(0, step).map((token) => token.id)];
      const { logits } = await model.forward({
        ids: [ids],
        edits: some,
        logits: 'last',
        promptLengths: [prompt.length],
      });
      const found = likelihood(logits?.data ?? new Float32Array(1), id);
      expect(found.isFirst).toBe(true);
      expect(logProbability).toBeCloseTo(found.logProbability, 4);
    }
    const clean = await model.forward({ ids: [prompt], logits: 'last' });
    expect(likelihood(clean.logits?.data ?? new Float32Array(1), made[0]?.id ?? 0).logProbability).not.toBeCloseTo(
      made[0]?.logProbability ?? NaN,
      3,
    );
  });

  it('positions from the end are those of the prompt in every chunk of it', async () => {
    const [first] = await toList(model.generate({ ids: prompt, maxNew: 1, edits, endIds: [] }));
    const { logits } = await model.forward({ ids: [prompt], edits, logits: 'last' });
    expect(first?.logProbability).toBeCloseTo(
      likelihood(logits?.data ?? new Float32Array(1), first?.id ?? 0).logProbability,
      4,
    );
  });

  it('a prefix that begins at the first edited layer is the one that is run whole', async () => {
    const later = [stream(1, 3, { layers: [2], heads: [1] }), ...edits.filter(({ layers }) => layers?.[0] === 3)];
    const text = { ids: prompt, to: prompt.length - 1, prompt: prompt.length };
    const clean = await extendPrefix(model, emptyPrefix, { ...text, edits: [], keepsStreams: true });
    const before = clean.streams[2];
    if (before === undefined) throw new RangeError('no stream before layer 2');
    const begun = { layer: 2, stream: before, caches: clean.prefix.caches };
    const whole = await extendPrefix(model, emptyPrefix, { ...text, edits: later });
    const rest = await extendPrefix(model, emptyPrefix, { ...text, edits: later, begun });
    for (const [layer, cache] of whole.prefix.caches.entries()) {
      const found = rest.prefix.caches[layer];
      if (found === undefined) throw new RangeError('no cache');
      expect(maxDifference(found.keys, cache.keys)).toBeLessThan(1e-5);
      expect(maxDifference(found.values, cache.values)).toBeLessThan(1e-5);
      const moved = maxDifference(cache.keys, clean.prefix.caches[layer]?.keys ?? cache.keys);
      expect(moved > 1e-4).toBe(layer > 2);
    }
  });

  it('a given continuation under many sets of edits at once is each of them in a pass of its own', async () => {
    const continuation = randomIds(model, 5, 11);
    const decoding = edits.filter(({ scope }) => scope === 'decode');
    const streaming = [stream(1, 3, { layers: [1, 2], scope: 'decode' })];
    const { prefix } = await extendPrefix(model, emptyPrefix, {
      ids: prompt,
      to: prompt.length - 1,
      prompt: prompt.length,
      edits: [],
    });
    const sets = [[], decoding, streaming];
    const found = await toList(forcedLogits(model, { prefix, prompt, continuation, sets }));
    for (const [i, set] of sets.entries()) {
      const ids = [...prompt, ...continuation.slice(0, -1)];
      const { logits } = await model.forward({ ids: [ids], edits: set, promptLengths: [prompt.length] });
      const width = model.family.shape.outputVocabulary;
      const expected = logits?.data.subarray((prompt.length - 1) * width) ?? new Float32Array();
      const got = found[i]?.data ?? new Float32Array();
      expect(got.length).toBe(expected.length);
      expect(got.reduce((most, x, at) => Math.max(most, Math.abs(x - (expected[at] ?? NaN))), 0)).toBeLessThan(1e-3);
    }
  });
});

function likelihood(logits: Float32Array, id: number) {
  const top = Math.max(...logits);
  const logMass = Math.log(logits.reduce((sum, x) => sum + Math.exp(x - top), 0));
  return { isFirst: logits.indexOf(top) === id, logProbability: (logits[id] ?? NaN) - top - logMass };
}

async function toList<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}
