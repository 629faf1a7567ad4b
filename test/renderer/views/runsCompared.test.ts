/** Two runs side by side: what is said of them, and their numbers over each other. */
import { describe, expect, it } from 'vitest';
import type { ResultOf } from '../../../engine/results/contract.ts';
import type { RunRow } from '../../../engine/results/runs.ts';
import type { RunTable } from '../../../renderer/api/runTables.ts';
import { foldRow } from '../../../renderer/api/runTables.ts';
import { differenceOf, headRun, measureOf, partOf, sameHeads } from '../../../renderer/views/runs/overlaid.ts';
import { pairCsv } from '../../../renderer/views/runs/pairTable.tsx';
import { verdictOf, withoutEchoes } from '../../../renderer/views/runs/verdict.ts';
import { groupRow, headRow, scoreRows, startRow } from '../api/sampleRows.ts';

const compared = (change: Partial<ResultOf<'compare'>>): ResultOf<'compare'> => ({
  ...{ settings: [], identical: 0, different: 0, differences: [], largest: null, onlyA: 0, onlyB: 0, reasons: [] },
  ...change,
});

describe('the verdict on two runs', () => {
  it.each([
    [{ identical: 32, largest: 0 }, 'same', 'Identical in all 32 rows, to the last bit.'],
    [{ identical: 1 }, 'same', 'Identical in the one row, to the last bit.'],
    [{ identical: 1, onlyA: 31 }, 'different', 'The 1 row that both have is identical to the last bit.'],
    [{ different: 32, largest: 0.25 }, 'different', 'All 32 rows differ, by at most 0.250.'],
    [
      { identical: 30, different: 2, largest: 1.5e-7 },
      'different',
      '2 of 32 rows differ, by at most 1.5e−7; 30 are identical to the last bit.',
    ],
    [{ onlyA: 2 }, 'nothing', 'One of the two has no rows: there is nothing to compare.'],
    [{ onlyA: 2, onlyB: 3 }, 'nothing', 'No row of one is of the same thing as a row of the other.'],
  ] as const)('of %j is %s', (change, kind, text) => {
    expect(verdictOf(compared(change))).toMatchObject({ kind, text });
  });

  it('says what may be why, or that nothing does', () => {
    const reasons = ['another processor (a and b)', 'other batches (8 and 16)'];
    expect(verdictOf(compared({ different: 1, reasons, onlyB: 1 })).notes).toEqual([
      '1 row only in the other.',
      'May be because another processor (a and b); other batches (8 and 16).',
    ]);
    expect(verdictOf(compared({ different: 1 })).notes).toEqual(['Nothing that is recorded of the two says why.']);
    expect(verdictOf(compared({ identical: 1 })).notes).toEqual([]);
  });

  it('lists once what header and request both say', () => {
    const at = (path: string, a = 'x') => ({ path, a, b: 'y' });
    const settings = [at('request.unit'), at('header.unit'), at('header.units'), at('header.unit', 'z')];
    expect(withoutEchoes(compared({ settings, identical: 1 }))).toEqual([settings[0], settings[2], settings[3]]);
    expect(withoutEchoes(compared({ settings, onlyA: 4 }))).toEqual([settings[0]]);
  });
});

const tableOf = (rows: readonly RunRow[]) => rows.reduce<RunTable | null>(foldRow, null);

describe('two runs over each other', () => {
  const a = headRun('a', tableOf([startRow(), headRow(0, 1, 2), headRow(1, 3, 1)]));
  const b = headRun('b', tableOf([startRow({ ablation: 'mean' }), headRow(0, 1, 0.5)]));

  it('are runs that have numbers of heads or KV groups', () => {
    expect(a?.shape).toEqual({ layers: 2, heads: 4, kvHeads: 2 });
    expect(a?.fingerprint).toBe('f1');
    const groups = headRun('g', tableOf([startRow({ unit: 'kv-group' }), groupRow(1, 0, 3)]));
    expect(Array.from(groups?.measures[0]?.values.slice(4) ?? [])).toEqual([3, 3, NaN, NaN]);
    expect(headRun('l', tableOf([startRow({ unit: 'layer' })]))).toBe(null);
    expect(headRun('n', null)).toBe(null);
  });

  it('take the same part of both, unless another is asked for', () => {
    if (a === null || b === null) throw new Error('both have heads');
    const kl = measureOf(a, 'kl', null);
    expect(kl === null ? null : partOf(kl)).toBe('kl');
    expect(measureOf(b, null, kl)?.id).toBe('b/kl');
    expect(measureOf(b, 'effect', kl)?.id).toBe('b/effect');
    const scores = headRun('s', tableOf(scoreRows()));
    expect(scores === null ? null : measureOf(scores, null, kl)?.id).toBe('s/induction');
  });

  it('differ head by head, unknown where one is unknown', () => {
    const [first, second] = [a?.measures[0], b?.measures[0]];
    if (a === null || first === undefined || second === undefined) throw new Error('both have effects');
    const difference = differenceOf(first.values, second.values);
    expect([difference[1], difference[7]]).toEqual([1.5, NaN]);
    const lines = pairCsv({ shape: a.shape, a: first, b: second, version: '' }).split('\r\n');
    expect(lines[0]).toMatch(/^head,"A: Zero ablation, Δ logit difference",A: low,A: high,"B: Mean ablation/);
    expect(lines).toHaveLength(4);
    expect(lines[1]).toMatch(/^L0H1,2,1\.79.*,0\.5,.*,1\.5$/);
    expect(lines[2]).toMatch(/^L1H3,1,.*,,,,$/);
  });

  it('are of the same heads where every layer has as many', () => {
    const shape = { layers: 2, heads: 4, kvHeads: 2 };
    expect(sameHeads(shape, { ...shape, kvHeads: 4 })).toBe(true);
    expect(sameHeads(shape, { ...shape, layers: 3 })).toBe(false);
    expect(sameHeads(shape, { ...shape, headsOf: [4, 3] })).toBe(false);
  });
});
