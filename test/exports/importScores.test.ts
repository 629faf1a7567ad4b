/** Files of other tools: what comes back of what was written, what published files hold, and what is refused. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { writeDuo } from '../../engine/exports/duoAttention.ts';
import { importScores } from '../../engine/exports/importScores.ts';
import { writeNpy } from '../../engine/exports/npy.ts';
import { writeTables } from '../../engine/exports/writeTables.ts';
import type { ExpectedModel, HeadTable, NamedFile } from '../../engine/results/importedScores.ts';
import { about, effects, fileOf, gates, keptGroups, keptHeads, model, scores, textOf } from './tables.ts';

/** What a table is to whoever shows it. */
const seen = ({ kind, unit, perLayer, values, runs, direction }: HeadTable) => ({
  ...{ kind, unit, perLayer, direction },
  values: [...values],
  runs: runs?.values ?? null,
});

const read = (content: unknown, expected: ExpectedModel = model, format?: string) =>
  importScores({ files: [fileOf(content)], expected, ...(format === undefined ? {} : { format }) });

describe('what is written comes back', () => {
  const round = (id: string, table: HeadTable, format?: string) => {
    const { files } = writeTables(id, [table], about, {});
    const { tables, format: told } = importScores({
      files,
      expected: model,
      ...(format === undefined ? {} : { format }),
    });
    expect(told).toBe(id);
    return tables.map(seen);
  };

  it('with its runs from Retrieval_Head and LOCOS', () => {
    expect(round('wu', scores)).toEqual([seen(scores)]);
    expect(round('locos', scores)).toEqual([seen(scores)]);
  });

  it('from QRHead, DuoAttention and numpy', () => {
    expect(round('qr-head', { ...scores, runs: null })[0]).toMatchObject({ values: [...scores.values] });
    expect(round('duo-attention', gates)).toEqual([seen(gates)]);
    expect(round('head-mask', keptHeads)).toEqual([seen(keptHeads)]);
  });

  it('from lists of heads, told apart where they have one form', () => {
    expect(round('qr-head-set', keptHeads)).toEqual([seen(keptHeads)]);
    expect(round('hf-heads', keptHeads, 'hf-heads')).toEqual([seen(keptHeads)]);
    expect(round('razor', keptGroups, 'razor')).toEqual([seen(keptGroups)]);
  });

  it('from HeadVis, a table for each metric', () => {
    const { files } = writeTables('head-vis', [scores, effects], about, {});
    const { tables, mismatches } = importScores({ files, expected: model });
    expect(tables.map(({ id }) => id)).toEqual(['score', 'ablation.zero.logitDifference']);
    expect(tables.map(({ values }) => [...values])).toEqual([[...scores.values], [...effects.values]]);
    expect(mismatches).toEqual([]);
  });

  it('with capped counts and intervals where LOCOS has them', () => {
    const capped = { ...scores, id: 'capped', values: scores.values.map((value) => Math.min(1, value)) };
    const intervals = Float32Array.from({ length: 16 }, (_, i) => i / 8);
    const { files } = writeTables(
      'locos',
      [
        { ...scores, intervals },
        { ...capped, runs: null },
      ].slice(0, 1),
      about,
      {},
    );
    const { tables } = importScores({ files, expected: model });
    expect(tables[0]?.intervals).toEqual(intervals);
    const runs = {
      values: (scores.runs?.values ?? []).map((list) => list.map((one) => Math.min(1, one))),
      names: ['a', 'b'],
    };
    const both = writeTables(
      'locos',
      [
        { ...scores, runs: { ...runs, values: scores.runs?.values ?? [] } },
        { ...capped, runs },
      ],
      about,
      {},
    );
    const again = importScores({ files: both.files, expected: model }).tables;
    expect(again.map(({ id }) => id)).toEqual(['scores', 'capped']);
    expect(again[1]?.runs).toEqual(runs);
  });
});

describe('files as their tools write them', () => {
  it('LOCOS: indented, the ids of runs kept', () => {
    const envelope = {
      meta: {
        method: 'logit_contribution',
        dataset: 'nolima',
        num_trials_passed: 2,
        model: 'org/Tiny',
        tuned_lens: null,
      },
      scores: { '0-0': [0.1, -0.2], '0-1': [1, 2] },
      trial_ids: ['t1', 't2'],
      confidence_intervals: { '0-0': [-0.2, 0.1], '0-1': [1, 2] },
    };
    const one: ExpectedModel = { name: 'tiny.gguf', perLayer: [{ heads: 2, kvHeads: 1 }] };
    const { format, tables, notes, mismatches } = importScores({
      files: [fileOf(JSON.stringify(envelope, null, 2))],
      expected: one,
    });
    expect([format, notes, mismatches]).toEqual(['locos', ['the mean of 2 runs'], []]);
    expect(tables[0]).toMatchObject({ title: 'logit_contribution', runs: { names: ['t1', 't2'] } });
    expect([...(tables[0]?.values ?? [])]).toEqual([Math.fround(-0.05), 1.5]);
    expect([...(tables[0]?.intervals ?? [])]).toEqual([-0.2, 0.1, 1, 2].map(Math.fround));
  });

  it('Retrieval_Head: wrapped in scores, spaces, a single number, an empty list, a head left out', () => {
    const text = '{"scores": {" 0-0 ": [1, 0], "0-1": 0.5, "1-0": [], "1-3": [0.25]}}';
    const { tables, notes, mismatches } = read(text);
    expect([...(tables[0]?.values ?? [])]).toEqual([0.5, 0.5, NaN, NaN, NaN, NaN, NaN, 0.25]);
    expect(notes).toEqual([
      '4 of 8 heads are not in the file: unknown, not 0',
      '1 of 8 heads have an empty list, no run: unknown, not 0',
      'means of 1 to 2 runs: the lists differ in length',
    ]);
    expect(mismatches).toEqual(['the file does not say which model it is of: only its shape could be checked']);
  });

  it('Retrieval_Head without a model: as many layers and heads as the largest index says', () => {
    const { tables } = importScores({ files: [fileOf({ '0-0': [1], '2-1': [0] })] });
    expect(tables[0]?.perLayer).toEqual([2, 2, 2]);
  });

  it('DuoAttention: gates a little outside, a config with every argument of the training', () => {
    const files = [
      fileOf('6.05e-01\t-1.4e-03\n9.6875e-01\t1.0000001e+00\n', 'p/full_attention_heads.tsv'),
      fileOf({ model_name: 'models/Tiny', lr: 0.02, sink_size: 128, recent_size: 256, seed: 42 }, 'p/config.json'),
    ];
    const { format, tables, notes, mismatches } = importScores({ files, expected: model });
    expect(format).toBe('duo-attention');
    const again = writeTables('duo-attention', tables, about, {});
    expect(JSON.parse(textOf(again.files, 'config.json'))).toEqual({
      model_name: 'tiny',
      sink_size: 128,
      recent_size: 256,
    });
    expect(again.notes).toEqual([]);
    expect([...(tables[0]?.values ?? [])]).toEqual([Math.fround(0.605), 0, 0.96875, 1]);
    expect(notes).toEqual([
      'streaming heads keep 128 sink and 256 recent tokens',
      "2 gates outside 0 to 1 are clipped, as DuoAttention's own loader does",
    ]);
    expect(mismatches).toEqual([]);
  });

  it('DuoAttention: the gates that its authors published for Llama-3-8B-1048k, to the byte', () => {
    const file = new URL('./files/duoAttention/full_attention_heads.tsv', import.meta.url);
    const text = readFileSync(file, 'utf8');
    const { tables, notes } = importScores({ files: [fileOf(text, 'full_attention_heads.tsv')] });
    const [{ perLayer, values } = gates] = tables;
    expect([perLayer.length, perLayer[0]]).toEqual([32, 8]);
    expect(values.filter((gate) => gate > 0.5).length / values.length).toBeCloseTo(0.809, 3);
    expect(notes[1]).toMatch(/^18 gates outside 0 to 1 are clipped/);
    const published = text.trim().split(/\s+/).map(Number);
    const config = { sink_size: 128, recent_size: 256 };
    expect(writeDuo({ config, perLayer, gates: published })['full_attention_heads.tsv']).toBe(text);
  });

  it('DuoAttention: the table alone', () => {
    const { tables, notes } = read('1.0e+00\t0.0e+00\n0.5\t1\n');
    expect([...(tables[0]?.values ?? [])]).toEqual([1, 0, 0.5, 1]);
    expect(notes[0]).toMatch(/without config.json/);
  });

  it("QRHead: a configuration's field", () => {
    const shape: ExpectedModel = {
      name: 'm-1b.gguf',
      perLayer: Array.from({ length: 16 }, () => ({ heads: 32, kvHeads: 8 })),
    };
    const set = '8-21,8-14,7-22,6-31,8-28,10-26,10-0,5-5,8-3,6-30,8-0,7-26,7-25,7-23,11-4,8-20';
    const text = `# Default\n\nattn_head_set: "${set}" # top16\nmodel_name_or_path: "org/M-1B"`;
    const { format, tables, mismatches } = read(text, shape);
    expect([format, mismatches]).toEqual(['qr-head-set', []]);
    expect(tables[0]?.values.reduce((sum, value) => sum + value, 0)).toBe(16);
    expect(tables[0]?.values[8 * 32 + 21]).toBe(1);
  });

  it('MInference: budgets and the name of each pattern, never a kind of head', () => {
    const layer = {
      0: ['vertical_and_slash', 1000, 6096, 0.9],
      1: ['stream_llm', 100, 800, 0.5],
      2: ['vertical_and_slash', 30, 800, 1],
    };
    const { format, tables, notes } = read([layer, layer]);
    expect(format).toBe('minference');
    expect(tables.map(({ id, kind }) => `${id} ${kind}`)).toEqual([
      'vertical budget',
      'slash budget',
      'score compress',
    ]);
    expect([...(tables[0]?.values ?? [])]).toEqual([1000, 100, 30, NaN, 1000, 100, 30, NaN]);
    expect(tables[0]?.labels?.slice(0, 4)).toEqual(['vertical_and_slash', 'stream_llm', 'vertical_and_slash', '']);
    expect(notes).toEqual([
      '4 vertical_and_slash, 2 stream_llm: a budget for kernels, partly set by hand, not a kind of head',
      '2 of 8 heads are not in the file; MInference runs them as vertical_and_slash, 1000, 6096',
    ]);
  });

  it('MoA: alphas and betas', () => {
    const row = [0, 1, 2, 3];
    const { format, tables } = read({ alphas: [row, row], betas: [row, row.map((one) => one / 8)] });
    expect(format).toBe('moa');
    expect(tables.map(({ kind }) => kind)).toEqual(['budget', 'budget']);
    expect(tables[1]?.values[7]).toBe(0.375);
  });

  it('HeadVis: a hybrid model, a metric that a head lacks', () => {
    const files = [
      fileOf({ model_name: 'org/Other', metrics: ['prev', 'entropy'], n_layers: 2 }, 'config.json'),
      fileOf(
        [
          { layer: 1, head: 0, prev: 0.5, entropy: null },
          { layer: 1, head: 3, prev: 0.25 },
        ],
        'scatter_data.json',
      ),
    ];
    const { tables, mismatches } = importScores({ files, expected: model });
    expect([...(tables[0]?.values ?? [])]).toEqual([NaN, NaN, NaN, NaN, 0.5, NaN, NaN, 0.25]);
    expect([...(tables[1]?.values ?? [])]).toEqual(Array.from({ length: 8 }, () => NaN));
    expect(mismatches).toEqual(['the file names the model org/Other, the one here is tiny']);
  });

  it.each(['f8', 'b1', 'i8', 'f4'])('numpy: a mask of %s', (type) => {
    const file = { name: 'head_mask.npy', data: npyOf(type, [1, 0, 1, 1, 0, 1, 1, 1]) };
    const { tables, notes } = importScores({ files: [file], expected: model });
    expect([...(tables[0]?.values ?? [])]).toEqual([1, 0, 1, 1, 0, 1, 1, 1]);
    expect([tables[0]?.kind, notes]).toEqual(['selection', ['2 heads are removed']]);
  });

  it('numpy: column by column, and importance in place of a mask', () => {
    const data = npyOf('f4', [1, 5, 2, 6, 3, 7, 4, 8.5], 'True');
    const { tables, notes } = importScores({ files: [{ name: 'head_importance.npy', data }], expected: model });
    expect([...(tables[0]?.values ?? [])]).toEqual([1, 2, 3, 4, 5, 6, 7, 8.5]);
    expect([tables[0]?.kind, notes[0]]).toEqual(['attribution', expect.stringMatching(/so no mask/)]);
  });

  it("Hugging Face: a config's pruned_heads", () => {
    const { format, tables } = read({ model_type: 'gpt2', pruned_heads: { 0: [1], 1: [] } });
    expect(format).toBe('hf-heads');
    expect([...(tables[0]?.values ?? [])]).toEqual([1, 0, 1, 1, 1, 1, 1, 1]);
  });
});

/** Of shape 2 x 4. */
function npyOf(type: string, values: readonly number[], fortran = 'False'): Uint8Array {
  const own = Buffer.from(writeNpy({ shape: [2, 4], data: Float32Array.from(values) }));
  const code = type === 'b1' ? '|b1' : `<${type}`;
  const header = Buffer.from(
    own.subarray(0, 128).toString('latin1').replace('<f4', code).replace('False', fortran),
    'latin1',
  );
  const trimmed = Buffer.concat([header.subarray(0, 127), Buffer.from('\n')]).subarray(0, 128);
  const width = Number(type.slice(1));
  const body = Buffer.alloc(values.length * width);
  values.forEach((value, i) => {
    if (type === 'f4') body.writeFloatLE(value, 4 * i);
    else if (type === 'f8') body.writeDoubleLE(value, 8 * i);
    else if (type === 'i8') body.writeBigInt64LE(BigInt(value), 8 * i);
    else body.writeUInt8(value, i);
  });
  return new Uint8Array(Buffer.concat([trimmed, body]));
}

describe('what does not fit is refused, and nothing is moved', () => {
  const one = (key: string) => ({ '0-0': [1], [key]: [1] });
  const heads = (from: number) =>
    Object.fromEntries(
      [1, 2].flatMap((layer) => [0, 1, 2, 3].map((head) => [`${layer - 1 + from}-${head + from}`, [1]])),
    );

  it.each<[string, unknown, RegExp, string?]>([
    [
      'a head that is not there',
      one('1-4'),
      /head 1-4 is not in the model: expected layers 0 to 1 and heads 0 to 3 \(counted from 0\), got layers up to 1 and heads up to 4$/,
    ],
    ['a layer that is not there', one('2-0'), /head 2-0 is not in the model/],
    [
      'indices from 1',
      heads(1),
      /head 1-4 is not in the model: .* got layers up to 2 and heads up to 4, none of them 0: the file seems to count from 1; nothing was moved, for that would be a guess/,
    ],
    ['a head twice, written in two ways', one('0-00'), /a head twice: expected each once, got 0-0/],
    ['a key twice', '{"0-0":[1],"0-0":[2]}', /a key twice in one object: expected each once, got 0-0/],
    ['a key that names no head', { '0-0': [1], L1H2: [1] }, /a key that names no head: expected layer-head, got L1H2/],
    ['a number that is too large', '{"0-0":[1e999]}', /0-0: no list of numbers: got null/],
    [
      "Python's NaN",
      '{"0-0":[NaN]}',
      /not a file about heads that is known.*got NaN, a number that JSON does not have/,
    ],
    ['a list of texts', { '0-0': ['x'] }, /0-0: no list of numbers: got "x"/],
    [
      'rows of different lengths',
      '1\t0\n1\t0\t0\n',
      /row 2: a row of another length: expected 2 KV heads, as in the first, got 3/,
    ],
    ['a gate that is no number', '1\t0\n1\tnan\n', /row 2: no finite number: got nan/],
    [
      'gates for each head',
      '1\t0\t1\t0\n1\t0\t0\t1\n',
      /of another shape than the model: expected 2 layers of 2 KV groups \(tiny\), got 2 layers of 4 KV groups, which is one for each of its heads/,
    ],
    ['a pattern that is not known', [{ 0: ['flex', 1, 1, 1] }, {}], /layer 0, head 0: a pattern that is not known/],
    [
      'layers of another number',
      [{ 0: ['stream_llm', 1, 1, 1] }],
      /of another shape than the model: expected 2 layers \(tiny\), got 1/,
    ],
    [
      'betas of another shape',
      { alphas: [[1, 2]], betas: [[1], [2]] },
      /betas of another shape than alphas: expected 1 x 2, got 2 x 1/,
    ],
    ['a number of minus infinity', '{"0-0":[1],"0-1":[-1e999]}', /0-1: no list of numbers/],
    ['an index that is none', { 0: [1.5] }, /layer 0: no index: expected an integer from 0, got 1\.5/, 'razor'],
    ['a group that is not there', { 0: [2] }, /KV group 0-2 is not in the model: .*KV groups 0 to 1/, 'razor'],
    [
      'an interval of three',
      { meta: {}, scores: { '0-0': [1] }, confidence_intervals: { '0-0': [1, 2, 3] } },
      /no interval: expected \[low, high\], got 3 numbers/,
    ],
    [
      'a format that is not read',
      { '0-0': [1] },
      /no format that is read: expected heads, wu, .* got parquet/,
      'parquet',
    ],
  ])('%s', (_, content, message, format) => {
    expect(() => read(content, model, format)).toThrow(message);
  });

  it('counts from 1 where that is said, in lists of heads', () => {
    const from1: ExpectedModel = { ...model, countsFrom: 1 };
    const [table] = read(heads(1), from1).tables;
    expect(table?.values).toEqual(read(heads(0), model).tables[0]?.values);
    expect(read(heads(1), from1).mismatches).toEqual([expect.stringMatching(/only its shape could be checked/)]);
    expect(() => read(heads(0), from1)).toThrow(
      /head 0-0 is not in the model: expected layers 1 to 2 and heads 1 to 4 \(counted from 1\)/,
    );
    const patterns = [1, 2].map(() => ({ 4: ['stream_llm', 1, 2, 3] }));
    expect([...(read(patterns, from1).tables[0]?.values ?? [])]).toEqual([NaN, NaN, NaN, 1, NaN, NaN, NaN, 1]);
  });

  it('says that it may count from 1 where it can not know', () => {
    const { mismatches } = importScores({ files: [fileOf(heads(1))] });
    expect(mismatches).toEqual([
      'no layer 0 is listed: if the file counts from 1, every layer here is one too far',
      'no head 0 is listed: if the file counts from 1, every head here is one too far',
    ]);
  });

  it('says that it may be of a smaller model where it has all heads of one', () => {
    const smaller = fileOf({ '0-0': [1], '0-1': [1], '1-0': [1], '1-1': [1] });
    const words =
      'the file has all of 2 layers of 2 and no other, the model here 2 layers of 4: it may be of a smaller one';
    expect(importScores({ files: [smaller], expected: model }).mismatches).toContain(words);
    const part = fileOf({ '0-0': [1], '0-1': [1], '1-0': [1] });
    expect(importScores({ files: [part], expected: model }).mismatches).not.toContain(words);
  });

  it('HeadVis: of a model with another number of layers, and with heads counted from 1', () => {
    const files = [
      fileOf({ metrics: ['prev'], n_layers: 3 }, 'config.json'),
      fileOf([{ layer: 1, head: 3, prev: 0.5 }], 'scatter_data.json'),
    ];
    const { mismatches } = importScores({ files, expected: model });
    expect(mismatches).toContain('the folder is of a model of 3 layers, the one here has 2');
    expect(mismatches).toContain('no head 0 is listed: if the file counts from 1, every head here is one too far');
  });

  it('a long list of heads without head 0 may count from 1, a short one need not', () => {
    const shape: ExpectedModel = { name: 'm', perLayer: Array.from({ length: 9 }, () => ({ heads: 4, kvHeads: 4 })) };
    const set = (layers: number) =>
      Array.from({ length: layers }, (_, layer) => [1, 2].map((head) => `${layer + 1}-${head}`)).join(',');
    const doubts = (layers: number) => read(set(layers), shape).mismatches.filter((line) => line.startsWith('no '));
    expect(doubts(3)).toEqual([]);
    expect(doubts(6)).toEqual(['no head 0 is listed: if the file counts from 1, every head here is one too far']);
  });

  it('a list of heads alone says nothing of how many there are', () => {
    expect(() => importScores({ files: [fileOf('0-1,1-2\n')] })).toThrow(/a list of heads alone: expected the model/);
  });

  it.each<[string, unknown, RegExp]>([
    [
      'a map with two meanings',
      { 0: [1], 1: [0] },
      /two opposite meanings: expected to be told which: hf-heads or razor, got a map of layers/,
    ],
    ['an empty object', {}, /no scores: .* which Retrieval_Head writes where no run passed its gate/],
    [
      'something else in JSON',
      { a: 1, b: 2 },
      /not a file about heads that is known: expected one of .* got a JSON object with a, b/,
    ],
    ['a list of numbers', [1, 2], /got a JSON list of 2, the first a number/],
    ['a text', 'hello there', /got no JSON, beginning with "hello there"/],
    ['nothing', '', /got an empty file/],
  ])('%s is said to be that', (_, content, message) => {
    expect(() => read(content)).toThrow(message);
  });

  it('a folder of other files is said to be that', () => {
    const files = [fileOf('a', 'a.txt'), fileOf('b', 'b.txt')];
    expect(() => importScores({ files })).toThrow(/the folder of a\.txt: .* got a folder with a\.txt, b\.txt/);
  });

  it('files of more than 64 MiB are not read', () => {
    const file: NamedFile = { name: 'big.json', data: new Uint8Array(64 * 2 ** 20 + 1) };
    expect(() => importScores({ files: [file] })).toThrow(/big\.json: too large/);
  });

  it('an index that would take gigabytes is refused at once', () => {
    expect(() => importScores({ files: [fileOf({ '999999-999999': [1] })] })).toThrow(/more heads than any model has/);
  });
});

describe('the model that a file names', () => {
  const envelope = (name: string | null) => ({ meta: { model: name }, scores: { '0-0': [1] } });
  const mismatches = (name: string | null, here: string) =>
    importScores({ files: [fileOf(envelope(name))], expected: { ...model, name: here } }).mismatches;

  it.each([
    ['HuggingFaceTB/SmolLM2-135M-Instruct', 'SmolLM2-135M-Instruct.Q4_1.gguf'],
    ['smollm2_135m', 'SmolLM2-135M'],
    ['/models/tiny/', 'tiny'],
  ])('%s is %s', (name, here) => {
    expect(mismatches(name, here)).toEqual([]);
  });

  it('is said where it is another, or is not named', () => {
    expect(mismatches('llama', 'gpt2')).toEqual(['the file names the model llama, the one here is gpt2']);
    expect(mismatches(null, 'gpt2')).toEqual([expect.stringMatching(/does not say which model/)]);
  });
});
