import { describe, expect, it } from 'vitest';
import { measuresOfRun } from '../../../renderer/api/measuresOfRun.ts';
import type { RunTable } from '../../../renderer/api/runTables.ts';
import { roundUp, scaleOf } from '../../../renderer/api/measureScale.ts';
import { foldRow } from '../../../renderer/api/runTables.ts';
import { rankHeads, headAfter } from '../../../renderer/api/rankHeads.ts';
import type { RunRow } from '../../../engine/results/runs.ts';
import { groupRow, headRow, scoreRows, startRow } from './sampleRows.ts';

const fold = (rows: readonly RunRow[]) => rows.reduce<RunTable | null>(foldRow, null);

describe('rows of a run', () => {
  it('fill an ablation table in any order; what has not come is NaN', () => {
    const table = fold([startRow(), headRow(1, 3, -2), headRow(0, 0, 0)]);
    if (table?.kind !== 'ablate') throw new Error('not an ablation');
    expect(Array.from(table.units.effect.mean)).toEqual([0, NaN, NaN, NaN, NaN, NaN, NaN, -2]);
    expect(table.units.effect.low[7]).toBeCloseTo(-2.2);
    expect(table.units.kl?.mean[0]).toBe(0.5);
    expect(table.units.known).toBe(2);
  });

  it('count a unit once when it comes again, and keep numbers when a resumed run says again what it is', () => {
    const table = fold([startRow(), headRow(0, 1, 1), startRow(), headRow(0, 1, 1), headRow(0, 2, 2)]);
    if (table?.kind !== 'ablate') throw new Error('not an ablation');
    expect(table.units.known).toBe(2);
    expect(table.units.effect.mean[1]).toBe(1);
  });

  it('before the start are of no table', () => {
    expect(fold([headRow(0, 0, 1)])).toBeNull();
  });

  it('of heads that the model does not have change nothing', () => {
    const table = fold([startRow(), headRow(9, 9, 1)]);
    expect(table?.kind === 'ablate' && table.units.known).toBe(0);
  });
});

describe('measures of a run', () => {
  it('share the arrays of the table', () => {
    const table = fold([startRow(), headRow(0, 1, -3)]);
    if (table === null) throw new Error('no table');
    const [effect, kl] = measuresOfRun('r', table);
    expect(effect).toMatchObject({
      id: 'r/effect',
      unit: 'logits',
      signed: true,
      of: 'head',
      n: 16,
      direction: 'higher',
    });
    expect(effect?.title).toBe('Zero ablation, Δ logit difference');
    expect(kl).toMatchObject({ id: 'r/kl', unit: 'nats', signed: false, direction: null });
    foldRow(table, headRow(1, 0, 4));
    expect(effect?.values[4]).toBe(4);
  });

  it('give each head the number of its KV group', () => {
    const table = fold([startRow({ unit: 'kv-group' }), groupRow(0, 0, 1), groupRow(1, 1, 2)]);
    if (table === null) throw new Error('no table');
    const [effect] = measuresOfRun('r', table);
    expect(effect?.of).toBe('kv-group');
    expect(Array.from(effect?.values ?? [])).toEqual([1, 1, NaN, NaN, NaN, NaN, 2, 2]);
  });

  it('are none for units that are no heads', () => {
    const table = fold([startRow({ unit: 'mlp' })]);
    expect(table === null ? null : measuresOfRun('r', table)).toEqual([]);
  });

  it('of scores have the range and the level of uniform attention', () => {
    const table = fold(scoreRows());
    const [induction] = table === null ? [] : measuresOfRun('r', table);
    expect(induction).toMatchObject({ id: 'r/induction', range: [0, 1], uniform: 0.1, n: 4, signed: false });
    expect(induction?.values[6]).toBe(0.75);
  });

  it('rank heads by size where they are signed, unknown ones not at all', () => {
    const table = fold([startRow(), headRow(0, 1, -3), headRow(0, 2, 2), headRow(1, 0, 1)]);
    const effect = table === null ? undefined : measuresOfRun('r', table)[0];
    if (effect === undefined) throw new Error('no measure');
    expect(rankHeads(effect)).toEqual([1, 2, 4]);
    expect(headAfter(effect, null, 1)).toEqual({ layer: 0, head: 1 });
    expect(headAfter(effect, { layer: 0, head: 1 }, 1)).toEqual({ layer: 0, head: 2 });
    expect(headAfter(effect, { layer: 1, head: 0 }, 1)).toEqual({ layer: 1, head: 0 });
  });
});

describe('the colour scale of a measure', () => {
  const values = (...numbers: number[]) => Float32Array.from(numbers);

  it('has the ends of the measure where it has ends', () => {
    const scale = scaleOf({ values: values(0.2), range: [0, 1], signed: false });
    expect(scale).toEqual({ kind: 'sequential', low: 0, high: 1 });
  });

  it('goes to the next round number above what is known, on both sides of zero where signed', () => {
    expect(scaleOf({ values: values(1, NaN, -2.7), range: null, signed: true })).toEqual({ kind: 'signed', limit: 3 });
    expect(scaleOf({ values: values(NaN, 0.04), range: null, signed: false })).toMatchObject({ low: 0, high: 0.04 });
    expect(scaleOf({ values: values(NaN), range: null, signed: true })).toEqual({ kind: 'signed', limit: 1 });
  });

  it('rounds up, never down', () => {
    for (const value of [0.001, 0.0152, 1, 8.1, 9.99, 11.48, 123456]) {
      expect(roundUp(value)).toBeGreaterThanOrEqual(value);
      expect(roundUp(value)).toBeLessThanOrEqual(value * 1.6);
    }
  });
});
