/** What is written: byte for byte what the readers of each form expect. */
import { parquetReadObjects } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import { ablationCsv } from '../../engine/exports/ablationCsv.ts';
import { csv } from '../../engine/exports/csv.ts';
import { writeDuo } from '../../engine/exports/duoAttention.ts';
import { headTable } from '../../engine/exports/headTable.ts';
import { exportFormats } from '../../engine/exports/index.ts';
import { writeLocos } from '../../engine/exports/locos.ts';
import { numpyNumber } from '../../engine/exports/numpyNumber.ts';
import { parquet } from '../../engine/exports/parquet.ts';
import { formatsThatWrite, writeTables } from '../../engine/exports/writeTables.ts';
import type { HeadTable } from '../../engine/results/importedScores.ts';
import { recordWith, summaryOf } from './record.ts';
import { about, effects, gates, keptGroups, keptHeads, scores, textOf } from './tables.ts';

const written = (id: string, tables: readonly HeadTable[], choice = {}) => writeTables(id, tables, about, choice);

describe.each(formatsThatWrite())('the format $id', ({ id, file, write }) => {
  const fitting = [scores, gates, keptHeads, keptGroups].filter((table) => {
    try {
      return write([table], about).files.length > 0;
    } catch {
      return false;
    }
  });

  it('takes one kind of table at least, and gives the same bytes for it each time', () => {
    const [table = scores] = fitting;
    expect(fitting.length).toBeGreaterThan(0);
    expect(write([table], about)).toEqual(write([table], about));
    expect(write([table], about).files.map(({ name }) => name)).toSatisfy(
      (names: string[]) => file === null || (names.length === 1 && names[0] === file),
    );
  });

  it('refuses no table in a line', () => {
    if (id === 'csv' || id === 'parquet') return;
    expect(() => write([], about)).toThrow(/no table to write/);
  });
});

describe('Retrieval_Head', () => {
  it('has one line, layer by layer, a list for each head', () => {
    const { files, notes } = written('wu', [scores]);
    expect(textOf(files, 'head_score.json')).toBe(
      '{"0-0":[0,0.5],"0-1":[1,1],"0-2":[0,0],"0-3":[0.25,0.5],"1-0":[0.125,0],"1-1":[0,0],"1-2":[1.5,0.5],"1-3":[0,0.25]}\n',
    );
    expect(notes).toEqual([]);
  });

  it('of effects has the most important highest, and says that they are no behaviour', () => {
    const { files, notes } = written('wu', [effects]);
    expect(JSON.parse(textOf(files, 'head_score.json'))).toMatchObject({ '0-0': [1], '0-3': [3], '1-3': [-2] });
    expect(notes).toEqual([
      expect.stringMatching(/a measured effect of removal, and the file has no place to say so/),
      expect.stringMatching(/signs are turned/),
    ]);
  });

  it('has an empty list for a head without a number', () => {
    const table = { ...effects, values: Float32Array.of(NaN, 1, 1, 1, 1, 1, 1, 1) };
    const { files, notes } = written('wu', [table]);
    expect(JSON.parse(textOf(files, 'head_score.json'))['0-0']).toEqual([]);
    expect(notes.at(-1)).toBe('1 heads have no number');
  });
});

describe('LOCOS', () => {
  const file = {
    meta: { method: 'behavioral', dataset: 'needles', num_trials_passed: 2, num_trials_total: 3, model: 'tiny' },
    perLayer: [1, 2],
    scores: [
      [0, 1],
      [0.5, 0.25],
      [1, 1],
    ],
    trialIds: ['a', 'b'],
  };

  it('has meta, scores by head and the ids of the runs, and what else is known beside them', () => {
    const more = { ...file, capped: file.scores, intervals: [[0, 1] as const, [0, 1] as const, [1, 1] as const] };
    expect(JSON.parse(writeLocos(file))).toEqual({
      meta: file.meta,
      scores: { '0-0': [0, 1], '1-0': [0.5, 0.25], '1-1': [1, 1] },
      trial_ids: ['a', 'b'],
    });
    const value = JSON.parse(writeLocos(more));
    expect(value.capped).toEqual(value.scores);
    expect(value.confidence_intervals).toEqual({ '0-0': [0, 1], '1-0': [0, 1], '1-1': [1, 1] });
  });

  it('without a run has empty lists, not an empty file', () => {
    const none = { ...file, scores: [[], [], []], trialIds: [] };
    expect(JSON.parse(writeLocos(none)).scores).toEqual({ '0-0': [], '1-0': [], '1-1': [] });
  });

  it('holds no list of another length, and nothing that is no number', () => {
    expect(() => writeLocos({ ...file, trialIds: ['a'] })).toThrow(RangeError);
    expect(() =>
      writeLocos({
        ...file,
        scores: [
          [0, NaN],
          [1, 1],
          [1, 1],
        ],
      }),
    ).toThrow(RangeError);
    expect(() => writeLocos({ ...file, perLayer: [1] })).toThrow(RangeError);
  });

  it('of a table without runs has the means, and says so', () => {
    const { files, notes } = written('locos', [{ ...scores, runs: null }]);
    expect(JSON.parse(textOf(files, 'scores.json'))).toMatchObject({ scores: { '0-1': [1] }, trial_ids: ['mean'] });
    expect(notes).toEqual([expect.stringMatching(/each list holds the mean alone/)]);
  });

  it('leaves out the intervals where not every head has one, and says so', () => {
    const intervals = new Float32Array(2 * scores.values.length).fill(NaN);
    intervals.set([0, 1]);
    const { files, notes } = written('locos', [{ ...scores, intervals }]);
    expect(JSON.parse(textOf(files, 'scores.json'))).not.toHaveProperty('confidence_intervals');
    expect(notes).toEqual(['not every head has an interval: they are left out']);
  });
});

describe('DuoAttention', () => {
  it('has gates as numpy writes them, and the two sizes that its readers take', () => {
    const { files, notes } = written('duo-attention', [gates]);
    expect(notes).toEqual([
      expect.stringMatching(/64 sink and 256 recent tokens, the sizes that DuoAttention deploys/),
    ]);
    expect(textOf(files, 'full_attention_heads.tsv')).toBe(
      '6.054687500000000000e-01\t0.000000000000000000e+00\n1.000000000000000000e+00\t4.310607910156250000e-04\n',
    );
    expect(JSON.parse(textOf(files, 'config.json'))).toEqual({ model_name: 'tiny', sink_size: 64, recent_size: 256 });
  });

  it('keeps everything that the config says', () => {
    const config = { sink_size: 16, recent_size: 64, lr: 0.02, num_steps: 200 };
    const { 'config.json': text } = writeDuo({ config, perLayer: [1], gates: [0.5] });
    expect(JSON.parse(text)).toEqual(config);
    expect(() => writeDuo({ config, perLayer: [1, 2], gates: [1, 1, 1] })).toThrow(RangeError);
    expect(() => writeDuo({ config, perLayer: [1], gates: [NaN] })).toThrow(RangeError);
  });

  it.each([
    [0, '0.000000000000000000e+00'],
    [-0, '-0.000000000000000000e+00'],
    [-0.0014, '-1.399999999999999986e-03'],
    [1e-300, '1.000000000000000025e-300'],
    [123456.789, '1.234567890000000043e+05'],
    // Ties go to the even digit, as in C: 2^-46 and 3 x 2^-46 would differ otherwise where they have 20 digits.
    [1 + 2 ** -19, '1.000001907348632812e+00'],
    [1 + 3 * 2 ** -19, '1.000005722045898438e+00'],
  ])('writes %d as %s', (value, text) => {
    expect(numpyNumber(value)).toBe(text);
  });

  it('is not written of anything but gates', () => {
    expect(() => written('duo-attention', [scores])).toThrow(/of another unit/);
    const group = { ...gates, kind: 'causal' as const };
    expect(() => written('duo-attention', [group])).toThrow(/no gates: expected gates from 0 to 1/);
  });
});

describe('lists of heads', () => {
  it('are QRHead entries, best first', () => {
    const list = JSON.parse(textOf(written('qr-head', [scores]).files, 'qr_heads.json')) as [string, number][];
    expect(list.slice(0, 2)).toEqual([
      ['0-1', 1],
      ['1-2', 1],
    ]);
    expect(list.map(([, score]) => score)).toEqual([1, 1, 0.375, 0.25, 0.125, 0.0625, 0, 0]);
  });

  it('are a set of QRHead, joined by commas', () => {
    expect(textOf(written('qr-head-set', [scores], { remove: 5 }).files, 'qr_head_set.txt')).toBe('0-1,0-3,1-2\n');
  });

  it("are Hugging Face's map of what goes", () => {
    const { files, notes } = written('hf-heads', [keptHeads]);
    expect(textOf(files, 'pruned_heads.json')).toBe('{"0":[1,2]}\n');
    expect(notes).toEqual([expect.stringMatching(/transformers 5 has no prune_heads/)]);
  });

  it("are RazorAttention's map of what stays, with three spaces", () => {
    const text = textOf(written('razor', [keptGroups]).files, 'retrieval_heads.json');
    expect(text).toBe('{\n   "0": [\n      0,\n      1\n   ]\n}\n');
  });

  it('are a mask as numpy saves it', () => {
    const [file] = written('head-mask', [keptHeads]).files;
    const bytes = Buffer.from(file?.data ?? []);
    expect(bytes.subarray(0, 8).toString('latin1')).toBe('\x93NUMPY\x01\x00');
    expect(bytes.length).toBe(128 + 4 * 8);
    const header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 4), }".padEnd(117);
    expect(bytes.subarray(8, 128).toString('latin1')).toBe(`v\0${header}\n`);
    expect(bytes.readFloatLE(128)).toBe(1);
    expect(bytes.readFloatLE(132)).toBe(0);
  });

  it('go by effect, the least important first, of equals the later', () => {
    const removed = (count: number) =>
      JSON.parse(textOf(written('hf-heads', [effects], { remove: count }).files, 'pruned_heads.json')) as unknown;
    expect(removed(1)).toEqual({ 1: [3] });
    expect(removed(4)).toEqual({ 0: [2], 1: [0, 2, 3] });
  });

  it('chosen by behaviour say so', () => {
    const { notes } = written('hf-heads', [scores], { remove: 2 });
    expect(notes[0]).toMatch(/chosen by score \(behaviour\), which says nothing of what their removal costs/);
    expect(written('hf-heads', [effects], { remove: 2 }).notes).toHaveLength(1);
  });

  it.each([
    ['scores without a plan', 'hf-heads', [scores], {}, /nothing says which stay: expected a plan, or how many heads/],
    ['more than there are', 'hf-heads', [scores], { remove: 8 }, /nothing would be left/],
    [
      'several tables',
      'wu',
      [scores, effects],
      {},
      /several tables: expected one of them, chosen by its id, got score, abl/,
    ],
    ['an id that is not there', 'wu', [scores], { metric: 'x' }, /no numbers of this id: expected score, got x/],
    ['a format that is only read', 'moa', [scores], {}, /no format that is written: expected csv, parquet, wu/],
    ['groups where heads belong', 'hf-heads', [keptGroups], {}, /of another unit: expected a table of heads/],
    ['a selection as scores', 'wu', [keptHeads], {}, /no scores: expected one score a head/],
    [
      'a head without a number',
      'hf-heads',
      [{ ...scores, values: scores.values.map((value, i) => (i === 3 ? NaN : value)) }],
      { remove: 1 },
      /can not be ranked: .* none for number 3/,
    ],
    ['no direction', 'hf-heads', [{ ...scores, direction: null }], { remove: 1 }, /which end is worth keeping/],
  ])('refuse %s', (_, id, tables, choice, message) => {
    expect(() => written(id, tables, choice)).toThrow(message);
  });

  it('refuse layers of different sizes where there is one size', () => {
    const uneven = headTable({ ...keptHeads, perLayer: [3, 5] });
    expect(() => written('head-mask', [uneven])).toThrow(/layers of different sizes/);
  });
});

describe('HeadVis', () => {
  it('is a folder with a metric for each table and a file for each head', () => {
    const { files, notes } = written('head-vis', [scores, effects]);
    expect(files).toHaveLength(4 + 8);
    expect(JSON.parse(textOf(files, 'config.json'))).toMatchObject({
      ...{ model_name: 'tiny', n_layers: 2, n_heads: 4, metrics: ['score', 'ablation.zero.logitDifference'] },
      head_data_pattern: 'L{layer}H{head}.json',
    });
    const [first] = JSON.parse(textOf(files, 'scatter_data.json')) as unknown[];
    expect(first).toEqual({ layer: 0, head: 0, score: 0.25, 'ablation.zero.logitDifference': -1 });
    expect(JSON.parse(textOf(files, 'heads/L1H3.json'))).toMatchObject({ sequences: [] });
    expect(notes).toEqual([expect.stringMatching(/no sequences/)]);
  });
});

describe('tables of numbers', () => {
  const labelled = headTable({
    ...effects,
    id: '=cmd',
    labels: Array.from('ab,"defg'),
    intervals: new Float32Array(16),
  });

  it('are CSV with a row for each unit, nothing that a spreadsheet would run, and empty cells where nothing is known', () => {
    const table = { ...labelled, values: Float32Array.of(NaN, 1 / 3, 1, 1, 1, 1, 1, 1) };
    const [titles, first, second, third] = textOf(csv.write?.([table], about).files ?? [], 'heads.csv').split('\n');
    expect(titles).toBe('unit,layer,head,kv_group,id,kind,value,ci95_low,ci95_high,runs,label');
    expect(first).toBe("head,0,0,,'=cmd,causal,,0,0,,a");
    expect(second).toBe("head,0,1,,'=cmd,causal,0.333333343,0,0,,b");
    expect(third).toBe(`head,0,2,,'=cmd,causal,1,0,0,,","`);
  });

  it('are Parquet with the same columns', async () => {
    const [file] = parquet.write?.([scores, gates], about).files ?? [];
    const bytes = file?.data ?? new Uint8Array();
    const rows = await parquetReadObjects({ file: bytes.buffer as ArrayBuffer });
    expect(rows).toHaveLength(8 + 4);
    expect(rows[3]).toEqual({
      ...{ unit: 'head', layer: 0, head: 3, kv_group: null, id: 'score', kind: 'behaviour' },
      ...{ value: 0.375, ci95_low: null, ci95_high: null, runs: 2, label: null },
    });
    expect(rows[8]).toMatchObject({ unit: 'kv-group', layer: 0, head: null, kv_group: 0, value: 0.60546875 });
  });
});

describe('the table of an ablation run', () => {
  it('has one row per unit under its columns', () => {
    const [titles = '', first = '', ...rest] = ablationCsv(recordWith()).trimEnd().split('\n');
    expect(titles.split(',')).toHaveLength(15);
    expect(first).toBe('head,0,0,,zero,logitDifference,0,0,-0.333333333,0.333333333,0,0,-0.333333333,0.333333333,16');
    expect(rest).toHaveLength(7);
  });

  it('leaves cells empty that do not apply', () => {
    const units = [{ kind: 'unit' as const, layer: 1, kvGroup: 1, effect: summaryOf(NaN), kl: summaryOf(0) }];
    const [, row = ''] = ablationCsv(recordWith({ units }, { unit: 'kv-group' })).split('\n');
    expect(row.startsWith('kv-group,1,,1,zero,logitDifference,,,,,0,')).toBe(true);
  });
});

it('every format is read, written, or both, and says so in its title', () => {
  for (const { reader, write, title } of exportFormats) {
    expect([reader, write].some((side) => side !== undefined)).toBe(true);
    expect(title.length).toBeGreaterThan(5);
  }
});
