/** `headscope importance` on the bundled model, and what headscope plan takes of it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { beforeAll, describe, expect, it } from 'vitest';
import { readHeads } from '../../engine/exports/heads.ts';
import type { ImportanceHeader, ImportanceOfUnit } from '../../engine/results/importance.ts';
import type { ResultOf } from '../../engine/results/index.ts';
import type { Ran } from './headscope.ts';
import { headscope, temporaryFolder } from './headscope.ts';

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);
const model = fileURLToPath(new URL('../../fixtures/models/tiny-heads', import.meta.url));
const small = ['--windows', '2', '--length', '40'];

interface Ranked extends ResultOf<'importance'> {
  readonly header: ImportanceHeader;
  readonly units: readonly ImportanceOfUnit[];
}

async function ranked(...more: string[]): Promise<Ranked> {
  const sizes = more.includes('--windows') ? [] : small;
  const { code, out, err } = await headscope(['importance', model, ...sizes, ...more, '--json']);
  if (code !== 0) throw new Error(err);
  return JSON.parse(out) as Ranked;
}

const lines = ['Mara went to the old mill. She took a lamp with her.', 'The river was high that spring.'];
const many = Array.from({ length: 12 }, (_, i) => lines[i % 2] ?? '');

describe('importance', () => {
  let whole: Ran;
  beforeAll(async () => {
    const args = ['--criteria', 'zero,michel,flap,shapley,random', '--orders', '2', '--out', at('heads.json')];
    whole = await headscope(['importance', model, ...small, ...args]);
  });

  it('says how long it will take, what it measured, and how far criteria agree', () => {
    expect([whole.code, whole.err]).toEqual([0, expect.stringMatching(/^shapley: \d+\.\d s \(30 losses/m)]);
    expect(whole.out).toMatch(/^stories: 2 windows of 40 tokens, \d+ documents; loss \d\.\d{4} /m);
    expect(whole.out).toMatch(/^unit +zero +95 % interval +rank zero +rank michel/m);
    expect(whole.out).toMatch(/^zero, michel +-?\d\.\d\d +-?\d\.\d\d +\d of 4/m);
  });

  it('writes heads.json, from which a plan takes its costs', async () => {
    const file = readHeads(readFileSync(at('heads.json'), 'utf8'), 'heads.json');
    expect(file.metrics.map(({ id }) => id)).toEqual(
      ['zero', 'michel', 'flap', 'shapley', 'random'].map((id) => `importance.${id}`),
    );
    expect(file.metrics[1]?.abs_granularity).toBe('token');
    const families = ['causal', 'attribution', 'proxy', 'causal', 'control'];
    expect(file.metrics.map(({ family }) => family)).toEqual(families);
    const { 'importance.zero': zero, 'importance.shapley': shapley } = file.units[0]?.values ?? {};
    expect(zero?.se).toBeGreaterThan(0);
    // One pair of orders, whatever the number of documents.
    expect([zero?.n === 1, shapley?.n]).toEqual([false, 1]);
    expect(file.units).toHaveLength(16);
    const { group, joint, agg } = file.kv_groups?.[5] ?? {};
    expect([group, Object.keys(agg ?? {})]).toEqual([1, ['michel', 'flap', 'random'].map((id) => `importance.${id}`)]);
    expect(joint?.['importance.flap']?.mean).toBeCloseTo(agg?.['importance.flap']?.mean ?? NaN, 6);
    const args = ['plan', model, '--heads', '2', ...small, '--rescore', '0', '--out', at('plan.json')];
    const planned = await headscope([...args, '--costs', `${at('heads.json')}#importance.random`]);
    expect([planned.code, planned.err]).toEqual([0, '']);
    const least = file.units.toSorted(
      (a, b) => (a.values['importance.random']?.mean ?? 0) - (b.values['importance.random']?.mean ?? 0),
    )[0];
    const { order } = readHeads(readFileSync(at('plan.json'), 'utf8'), 'plan.json').prune_plan ?? {};
    expect(order?.map(({ layer, id }) => [layer, id])).toEqual([[least?.layer, least?.kv_group]]);
  });

  it('reads documents from text, jsonl and Parquet: the same text gives the same numbers', async () => {
    writeFileSync(at('a.jsonl'), many.map((text) => `${JSON.stringify({ text, more: 1 })}\n`).join(''));
    const columnData = [{ name: 'text', type: 'STRING' as const, data: many }];
    const compressors = { GZIP: (bytes: Uint8Array) => gzipSync(bytes) };
    writeFileSync(at('a.parquet'), Buffer.from(parquetWriteBuffer({ columnData, codec: 'GZIP', compressors })));
    const criteria = ['--criteria', 'zero,writeNorm'];
    const [a, b] = [
      await ranked('--text', at('a.jsonl'), ...criteria),
      await ranked('--text', at('a.parquet'), ...criteria),
    ];
    expect(a.header.calibration.tokenIdsSha256).toBe(b.header.calibration.tokenIdsSha256);
    expect(a.header.text.documents).toBeGreaterThan(2);
    expect(a.header.samples.list[0]).toMatchObject({ name: 'a.jsonl:1', tokens: expect.any(Number) as number });
    expect(a.units).toEqual(b.units);
    writeFileSync(at('a.txt'), many.join(' '));
    const one = await ranked('--text', at('a.txt'), ...criteria, '--windows', '1', '--length', '40');
    expect(one.header.samples).toMatchObject({ unit: 'window', list: [{ name: 'window 1' }] });
    // One sample says nothing of the spread.
    expect(one.units.map(({ values }) => values['zero']?.interval)).toEqual(one.units.map(() => null));
  });

  it('gives KV groups jointly, with their heads beside them where asked', async () => {
    const { units } = await ranked('--criteria', 'zero,taylor', '--heads');
    const { zero, taylor } = units[3]?.values ?? {};
    expect(zero?.heads?.sum).not.toBeCloseTo(zero?.value ?? NaN, 6);
    expect(taylor?.heads?.sum).toBeCloseTo(taylor?.value ?? NaN, 6);
    expect(zero?.heads?.max).toBeGreaterThanOrEqual(zero?.heads?.mean ?? NaN);
  });

  it('is kept as a run that goes on from its rows to the same numbers, and that is exported', async () => {
    process.env['XDG_DATA_HOME'] = folder;
    const project = ['--project', at('project')];
    const args = ['importance', model, ...small, '--criteria', 'zero,shapley,random', '--orders', '3', ...project];
    const { err } = await headscope([...args, '--json']);
    const [, run = ''] = /^run: (\S+) in /m.exec(err) ?? [];
    const [record, rows] = ['run.json', 'rows.jsonl'].map((name) => join(at('project'), 'runs', run, name)) as [
      string,
      string,
    ];
    const whole = readFileSync(rows, 'utf8');
    // As a kill would leave it: in the middle of the orders.
    const stored = JSON.parse(readFileSync(record, 'utf8')) as { summary: { state: string }; result: unknown };
    stored.summary.state = 'interrupted';
    stored.result = null;
    writeFileSync(record, JSON.stringify(stored));
    const rowsOf = (text: string) => text.split('\n').filter((line) => line.includes('"kind":"row"'));
    const kept = whole.split('\n').findIndex((line) => line.includes('"of":"order"')) + 1;
    writeFileSync(rows, `${whole.split('\n').slice(0, kept).join('\n')}\n`);
    expect((await headscope(['resume', run, ...project])).code).toBe(0);
    const again = readFileSync(rows, 'utf8');
    expect(rowsOf(again)).toEqual(rowsOf(whole));
    const units = (text: string) => text.split('\n').filter((line) => line.includes('"kind":"unit"'));
    expect(units(again)).toEqual(units(whole));
    for (const [format, name] of [
      ['heads.json', 'exported.json'],
      ['csv', 'exported.csv'],
    ] as const) {
      const exported = await headscope(['export', run, '--format', format, '--out', at(name), ...project]);
      expect([exported.code, exported.err]).toEqual([0, '']);
    }
    expect(readHeads(readFileSync(at('exported.json'), 'utf8'), 'exported.json').units).toHaveLength(16);
    expect(readFileSync(at('exported.csv'), 'utf8')).toContain('importance.shapley');
  });

  it('ends after the estimate where only that is asked for', async () => {
    const { header, units, pairs } = await ranked('--criteria', 'shapley', '--orders', '10', '--estimate');
    expect(header.estimates.map(({ step }) => step)).toEqual(['pass', 'shapley']);
    expect(header.shapley).toMatchObject({ orders: 10, tolerance: 0.01, windows: 1 });
    expect([units, pairs]).toEqual([[], []]);
  });

  it.each([
    ['text shorter than a window', 'short.txt', 'Mara.', /short\.txt: text shorter than a window: expected \d+ tokens/],
    ['a line that is no JSON', 'bad.jsonl', '{"text": "a"}\n{"text"', /bad\.jsonl, line 2: not JSON/],
    ['a line without text', 'none.jsonl', '{"text": "a"}\n\n{"body": "b"}', /none\.jsonl, line 3: no text/],
    ['bytes that are no Parquet', 'bad.parquet', 'PAR1 no', /bad\.parquet: not a Parquet file that can be read/],
    ['an empty table', 'empty.jsonl', '\n', /--text: expected a document, got none/],
  ])('refuses %s', async (_, name, text, message) => {
    writeFileSync(at(name), text);
    const { code, err } = await headscope(['importance', model, ...small, '--text', at(name)]);
    expect([code, err]).toEqual([2, expect.stringMatching(message)]);
  });

  it('refuses criteria that it has not, or not for the unit', async () => {
    const unknown = await headscope(['importance', model, ...small, '--criteria', 'zero,best']);
    expect([unknown.code, unknown.err]).toEqual([
      2,
      expect.stringMatching(/unknown criterion: expected zero, .*, got best/),
    ]);
    const layers = await headscope(['importance', model, ...small, '--unit', 'layer', '--criteria', 'wanda']);
    expect([layers.code, layers.err]).toEqual([2, expect.stringContaining('criterion wanda is not defined for layer')]);
  });
});
