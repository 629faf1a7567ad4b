import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import type { AblationRecord } from '../../engine/exports/exportFormat.ts';
import { headsFile, mergeHeads, readHeads, writeHeads } from '../../engine/exports/heads.ts';
import type { HeadsFile } from '../../engine/exports/headsSchema.ts';
import { headsJsonSchema } from '../../engine/exports/headsSchema.ts';
import { importScores } from '../../engine/exports/importScores.ts';
import { writeTables } from '../../engine/exports/writeTables.ts';
import { recordWith, summaryOf } from './record.ts';

const schema = JSON.parse(
  readFileSync(new URL('../../engine/exports/headImportance.schema.json', import.meta.url), 'utf8'),
);
const isValid = new Ajv2020().compile(schema);

const text = (record: AblationRecord) => writeHeads(headsFile(record));
const groups = recordWith({ units: [] }, { unit: 'kv-group', units: 0 });

describe('heads.json', () => {
  it('has a JSON Schema that is the one it is written by', () => {
    expect(schema).toEqual(headsJsonSchema());
  });

  it.each([
    ['every head', recordWith()],
    ['no tokenizer', recordWith({}, { tokenizer: null })],
    ['groups', groups],
    ['a mean aligned at the end', recordWith({}, { ablation: 'mean', align: 'end', reference: 'plain.jsonl' })],
    [
      'a value that is not a number',
      recordWith({ units: [{ kind: 'unit', layer: 0, head: 0, effect: summaryOf(NaN), kl: summaryOf(0) }] }),
    ],
  ])('of %s keeps to the schema and comes back as it was', (_, record) => {
    const written = text(record);
    expect(isValid(JSON.parse(written)), JSON.stringify(isValid.errors)).toBe(true);
    expect(readHeads(written, 'heads.json')).toEqual(headsFile(record));
    expect(written.endsWith('}\n')).toBe(true);
  });

  it('names the effect by ablation and metric, with its error, interval and n', () => {
    const file = headsFile(recordWith());
    expect(file.units[6]).toEqual({
      unit: 'head',
      layer: 1,
      head: 2,
      values: {
        'ablation.zero.logitDifference': {
          ...{ mean: -1, se: 0.142857143, ci95: [-1.33333333, -0.666666667], n: 16 },
          ...{ rank: 2, layer_l2: -0.547722558, global_minmax: expect.closeTo(0.25, 6) },
        },
        'ablation.zero.kl': {
          ...{ mean: 0.1, se: 0.0142857143, ci95: [-0.233333333, 0.433333333], n: 16 },
          ...{ rank: 2, layer_l2: 0.547722558, global_minmax: expect.closeTo(0.75, 6) },
        },
      },
    });
    expect(file.metrics.map(({ id }) => id)).toEqual(['ablation.zero.logitDifference', 'ablation.zero.kl']);
  });

  it('lists units layer by layer, whatever the order in which they came', () => {
    const places = headsFile(recordWith()).units.map(({ layer, head }) => 4 * layer + (head ?? 0));
    expect(places).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('says which end of the scale is worth keeping', () => {
    const likelihood = recordWith({}, { metricId: 'negativeLogLikelihood' });
    expect(headsFile(recordWith()).metrics.map(({ direction }) => direction)).toEqual(['lower_keeps', 'higher_keeps']);
    expect(headsFile(likelihood).metrics[0]).toMatchObject({ direction: 'higher_keeps', unit: 'nats' });
  });

  it('says what was put where: the ids of the ablation conventions', () => {
    const kind = (changes: Parameters<typeof recordWith>[1]) =>
      headsFile(recordWith({ units: [] }, changes)).metrics[0]?.ablation?.kind;
    expect(kind({})).toBe('zero_z');
    expect(kind({ ablation: 'mean', unit: 'kv-group' })).toBe('mean_z');
    expect(kind({ ablation: 'resample', unit: 'mlp' })).toBe('resample_mlpOut');
    expect(kind({ unit: 'layer' })).toBe('zero_attnOut_mlpOut');
  });

  it('warns of a cancelled run and of values that are not numbers', () => {
    const [first] = recordWith().units;
    const partial = headsFile(recordWith({ units: first === undefined ? [] : [first] }));
    expect(partial.warnings).toEqual(['partial: 1 of 8 units, the run was cancelled']);
    const broken = recordWith(
      { units: [{ kind: 'unit', layer: 0, head: 0, effect: summaryOf(NaN), kl: summaryOf(0) }] },
      { units: 1 },
    );
    expect(headsFile(broken).warnings).toEqual(['1 values are not finite and are written as null']);
  });

  it('of one prompt has no spread, and does not warn of it', () => {
    const { header, units } = recordWith();
    const [first] = units;
    if (first === undefined) throw new Error('expected a unit');
    const alone = { ...first, effect: { ...first.effect, n: 1 }, kl: { ...first.kl, n: 1 } };
    const { units: written, warnings } = headsFile({
      ...recordWith({ units: [alone] }),
      header: { ...header, units: 1 },
    });
    expect(written[0]?.values['ablation.zero.kl']).toMatchObject({ n: 1, se: null, ci95: [null, null] });
    expect(warnings).toEqual([]);
  });

  it('leaves out what does not apply', () => {
    const names = Object.keys(headsFile(recordWith({}, { tokenizer: null })));
    for (const absent of ['tokenizer', 'prune_plan', 'kv_groups', 'evaluation', 'tensor_slices'])
      expect(names).not.toContain(absent);
  });
});

describe('reading heads.json', () => {
  interface Draft {
    schema: string;
    mood?: string;
    shape: { q_heads: number[] };
    units: { head?: number; layer: number; values: Record<string, unknown> }[];
  }
  const edited = (change: (file: Draft, first: Draft['units'][number], second: Draft['units'][number]) => void) => {
    const file = JSON.parse(text(recordWith())) as Draft;
    const [first, second] = file.units;
    if (first === undefined || second === undefined) throw new Error('expected two units');
    change(file, first, second);
    return () => readHeads(JSON.stringify(file), 'h.json');
  };

  it.each([
    ['text that is no JSON', () => readHeads('{', 'h.json'), /h\.json: not a JSON file/],
    [
      'another schema',
      edited((file) => (file.schema = 'tails')),
      /h\.json\.schema: wrong value: expected one of head-importance, got "tails"/,
    ],
    [
      'a field that it does not know',
      edited((file) => (file.mood = 'good')),
      /h\.json: unknown field: expected no field mood/,
    ],
    [
      'a head that is not there',
      edited((_file, first) => (first.head = 4)),
      /units\[0\]: head out of range: expected 0 to 3 \(0-based\), got 4/,
    ],
    [
      'a layer that is not there',
      edited((_file, first) => (first.layer = 2)),
      /units\[0\]: layer out of range: expected 0 to 1/,
    ],
    [
      'a head twice',
      edited((_file, _first, second) => (second.head = 0)),
      /units\[1\]: the same unit twice: got head 0 0/,
    ],
    [
      'a head without its number',
      edited((_file, _first, second) => delete second.head),
      /units\[1\]: head: expected a head in a unit of kind head, got none/,
    ],
    [
      'a list of another length',
      edited((file) => file.shape.q_heads.push(4)),
      /shape\.q_heads: expected 2 layers, got 3/,
    ],
    [
      'text where a number belongs',
      edited((_file, first) => (first.values['ablation.zero.kl'] = { mean: 'x', n: 1 })),
      /mean: wrong value: expected number, got "x"/,
    ],
  ])('refuses %s', (_, read, message) => {
    expect(read).toThrow(message);
  });
});

describe('a file of an older version', () => {
  const older = readFileSync(new URL('./files/heads-1.0.0.txt', import.meta.url), 'utf8');

  it('is read as if it had been written today', () => {
    const units = [1, 0].flatMap((layer) =>
      [1, 0].map((kvGroup) => {
        const effect = summaryOf(-(layer + kvGroup) / 3);
        return { kind: 'unit' as const, layer, kvGroup, effect, kl: summaryOf(0.1) };
      }),
    );
    const today = headsFile(recordWith({ units }, { unit: 'kv-group', units: 4 }));
    expect(readHeads(older, 'old.json')).toEqual(today);
    expect(isValid(JSON.parse(writeHeads(readHeads(older, 'old.json')))), JSON.stringify(isValid.errors)).toBe(true);
  });

  it('loses what has a form now that it does not fit, and says so; what fits stays', () => {
    const file = { ...JSON.parse(older), prune_plan: { mood: 'good' }, expected: { params_before: 5 } };
    const { prune_plan, expected, warnings } = readHeads(JSON.stringify(file), 'old.json');
    expect([prune_plan, expected]).toEqual([undefined, { params_before: 5 }]);
    expect(warnings).toEqual(['prune_plan is left out: written for 1.0.0 in a form that 1.1.0 does not know']);
  });

  it.each(['2.0.0', '', 7, null])('of version %j is refused', (version) => {
    const file = { ...JSON.parse(older), schema_version: version };
    expect(() => readHeads(JSON.stringify(file), 'new.json')).toThrow(
      /new\.json: a version that is not known: expected 1\.0\.0 or 1\.1\.0 or 1\.2\.0, got/,
    );
  });
});

describe('a plan with its evidence', () => {
  const planned: HeadsFile = {
    ...headsFile(recordWith()),
    interactions: [{ a: { layer: 0, head: 1 }, b: { layer: 1, head: 2 }, delta_joint: 0.5, delta_sum: 0.25 }],
    prune_plan: {
      unit: 'head',
      order: [{ step: 1, layer: 0, id: 1, delta_at_step: 1 / 3, cum_delta: 1 / 3 }],
      heads_to_prune: { 0: [1], 1: [2, 3] },
      keep: { 0: [0, 2, 3], 1: [0, 1] },
      min_per_layer: 1,
      rescored_every: 5,
      legal_for: [{ target: 'onnxruntime', ok: false, reason: 'uneven groups' }],
      criterion: 'ablation.zero.logitDifference',
    },
    tensor_slices: [{ tensor: 'q_proj', axis: 0, ranges: [[8, 16]], transposed: false, quant_block: 32 }],
    bias_compensation: [{ tensor: 'o_proj.bias', shape: [32], file: 'bias.safetensors', offset: 0 }],
    expected: {
      params_before: 1_234_567_890_123,
      params_after: 5,
      predicted_dNLL: 0.1,
      kv_bytes_per_token_before: 512,
    },
    evaluation: {
      curve: [{ k: 1, fraction: 0.125, metric: 'nll', value: 3.123456789012, ci: [3, null] }],
      random_control: { draws: 10, matched_by_layer: true, values: [[1, 2]] },
      bottom_k: [],
      tasks: [{ task: 'needle' }],
    },
    sidecars: [{ name: 'runs.npy', sha256: 'ab'.repeat(32), axes: ['run', 'layer', 'head'], shape: [48, 2, 4] }],
  };

  it('keeps to the schema and comes back, with counts to the last digit and no more than 9 of other numbers', () => {
    const written = writeHeads(planned);
    expect(isValid(JSON.parse(written)), JSON.stringify(isValid.errors)).toBe(true);
    expect(written).toContain('1234567890123');
    expect(written).toContain('"value":3.12345679');
    expect(written).not.toMatch(/[1-9]\.\d{9}/);
    const back = readHeads(written, 'h.json');
    expect(back.prune_plan).toEqual({
      ...planned.prune_plan,
      order: [expect.objectContaining({ cum_delta: 0.333333333 })],
    });
    expect(JSON.parse(writeHeads(back))).toEqual(JSON.parse(written));
  });

  it('is a selection among the tables of the file', () => {
    const files = [{ name: 'heads.json', data: new TextEncoder().encode(writeHeads(planned)) }];
    const { format, tables } = importScores({ files });
    expect(format).toBe('heads');
    expect(tables.map(({ id, kind }) => `${id} ${kind}`)).toEqual([
      'ablation.zero.logitDifference causal',
      'ablation.zero.kl causal',
      'plan.head selection',
    ]);
    expect([...(tables[2]?.values ?? [])]).toEqual([1, 0, 1, 1, 1, 1, 0, 0]);
    expect(tables[0]).toMatchObject({ direction: 'lower_keeps', measure: 'logits', perLayer: [4, 4] });
    expect(tables[0]?.values[6]).toBe(-1);
    expect([...(tables[0]?.intervals?.subarray(12, 14) ?? [])]).toEqual([-1.33333333, -0.666666667].map(Math.fround));
  });

  it('of groups is one of their heads too', () => {
    const grouped = { ...planned, prune_plan: { unit: 'kv-group' as const, kv_groups_to_prune: { 1: [1] } } };
    const files = [{ name: 'h.json', data: new TextEncoder().encode(writeHeads(grouped)) }];
    const { tables } = importScores({ files });
    const plans = tables.filter(({ kind }) => kind === 'selection');
    expect(plans.map(({ id, values }) => `${id} ${values.join('')}`)).toEqual([
      'plan.head 11111100',
      'plan.kv-group 1110',
    ]);
    const about = { model: null, dataset: null, created: '', version: '' };
    const [file] = writeTables('hf-heads', tables, about, {}).files;
    expect(JSON.parse(new TextDecoder().decode(file?.data))).toEqual({ 1: [2, 3] });
  });

  it('that names a head which is not there is refused', () => {
    const broken = { ...planned, prune_plan: { unit: 'head', heads_to_prune: { 0: [4] } } };
    const files = [{ name: 'h.json', data: new TextEncoder().encode(JSON.stringify(broken)) }];
    expect(() => importScores({ files })).toThrow(/h\.json: prune_plan: head 0-4 is not in the model/);
  });

  it('of other weights is said to be that', () => {
    const files = [{ name: 'h.json', data: new TextEncoder().encode(writeHeads(planned)) }];
    const perLayer = [1, 2].map(() => ({ heads: 4, kvHeads: 2 }));
    const mismatches = (fingerprint: string) =>
      importScores({ files, expected: { name: 'x', fingerprint, perLayer } }).mismatches;
    expect(mismatches('ab'.repeat(32))).toEqual([]);
    expect(mismatches('cd'.repeat(32))).toEqual([expect.stringMatching(/measured on other weights: fingerprint abab/)]);
  });
});

describe('merging', () => {
  const older = headsFile(recordWith());

  it('says which numbers the heads of a pruned model had', () => {
    expect(headsFile(recordWith())).toMatchObject({ head_numbering: 'original' });
    const file = headsFile(
      recordWith(
        {},
        {
          originalHeads: [
            [0, 1, 2, 3],
            [2, 3, 6, 7],
          ],
        },
      ),
    );
    expect(file).toMatchObject({ head_numbering: 'current', original_index: { 0: [0, 1, 2, 3], 1: [2, 3, 6, 7] } });
    expect(isValid(file)).toBe(true);
  });

  it('with a metric twice is refused', () => {
    const file = headsFile(recordWith());
    const twice = { ...file, metrics: [...file.metrics, ...file.metrics.slice(0, 1)] };
    expect(() => readHeads(writeHeads(twice), 'heads.json')).toThrow(/the same metric twice/);
  });

  it('adds the metrics of another run to the same units', () => {
    const newer = headsFile(recordWith({ created: '2031-01-01T00:00:00.000Z' }, { ablation: 'mean' }));
    const merged = mergeHeads(older, newer, 'old.json');
    expect(merged.metrics).toHaveLength(4);
    expect(merged.calibration).toHaveLength(1);
    expect(merged.units).toHaveLength(8);
    expect(Object.keys(merged.units[0]?.values ?? {})).toHaveLength(4);
    expect(merged.created).toBe('2031-01-01T00:00:00.000Z');
    expect(readHeads(writeHeads(merged), 'm')).toEqual(merged);
  });

  it('keeps units of several kinds in one file, layer by layer', () => {
    const units = [1, 0].map((layer) => ({ kind: 'unit' as const, layer, effect: summaryOf(1), kl: summaryOf(1) }));
    const merged = mergeHeads(older, headsFile(recordWith({ units }, { unit: 'mlp', units: 2 })), 'old.json');
    expect(merged.units.map(({ unit, layer }) => `${unit} ${layer}`)).toEqual([
      ...Array.from({ length: 4 }, () => 'head 0'),
      'mlp 0',
      ...Array.from({ length: 4 }, () => 'head 1'),
      'mlp 1',
    ]);
    expect(isValid(merged)).toBe(true);
  });

  it('of the same run changes nothing but the date', () => {
    expect(mergeHeads(older, older, 'old.json')).toEqual(older);
  });

  it('refuses another model, and the same metric on other prompts', () => {
    const { model } = recordWith().header;
    const stranger = headsFile(recordWith({}, { model: { ...model, fingerprint: 'other' } }));
    expect(() => mergeHeads(older, stranger, 'old.json')).toThrow(
      'old.json: heads of another model: expected fingerprint other, got abab',
    );
    const { calibration } = recordWith().header;
    const elsewhere = headsFile(recordWith({}, { calibration: { ...calibration, dataset: 'greaterThan' } }));
    expect(() => mergeHeads(older, elsewhere, 'old.json')).toThrow(
      /already holds ablation\.zero\.logitDifference \(q_head\) measured on other prompts/,
    );
  });
});
