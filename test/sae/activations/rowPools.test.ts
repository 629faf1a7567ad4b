import { describe, expect, it } from 'vitest';
import { heldOutWindows } from '../../../sae/activations/heldOutWindows.ts';
import { PoolOrder, rowPools } from '../../../sae/activations/rowPools.ts';

const windows = [5, 5, 3, 7, 5, 2].map((length) => Array.from({ length }, (_, i) => i));
const sizes = { skip: 1, perToken: 2, pool: 16, batch: 4 };

describe('pools of rows', () => {
  it('are of whole windows, as many as there is room for', () => {
    expect(rowPools(windows, sizes)).toEqual([
      { from: 0, to: 2, rows: 16 },
      { from: 2, to: 4, rows: 16 },
      { from: 4, to: 6, rows: 10 },
    ]);
  });

  it('are refused where a window or a step does not fit', () => {
    expect(() => rowPools(windows, { ...sizes, pool: 11 })).toThrow('expected at most 11, got 12 of window 4');
    expect(() => rowPools(windows.slice(0, 2), { ...sizes, batch: 17 })).toThrow(
      'too few rows to train on: expected 17 rows of a step, got 16 in 2 windows',
    );
    expect(() => rowPools(windows, { ...sizes, batch: 17 })).toThrow('16 of them shuffled together');
  });

  it('are passed over one after another, each row of whole batches once, in another order in the next round', () => {
    const order = new PoolOrder(rowPools(windows, sizes), 4, 3);
    const seen = Array.from({ length: 20 }, (_, step) => order.rowsOf(step));
    expect(seen.map(({ pool }) => pool)).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2]);
    const rowsOf = (from: number, to: number) => seen.slice(from, to).flatMap(({ rows }) => [...rows]);
    const all = Array.from({ length: 16 }, (_, i) => i);
    expect(rowsOf(0, 4).toSorted((a, b) => a - b)).toEqual(all);
    expect(rowsOf(10, 14).toSorted((a, b) => a - b)).toEqual(all);
    expect(rowsOf(0, 4)).not.toEqual(rowsOf(10, 14));
    expect(rowsOf(0, 4)).not.toEqual(rowsOf(4, 8));
    expect(new Set(rowsOf(8, 10)).size).toBe(8);
  });

  it('are asked for in any order, and do not depend on it', () => {
    const pools = rowPools(windows, sizes);
    const [forward, backward] = [new PoolOrder(pools, 4, 3), new PoolOrder(pools, 4, 3)];
    const steps = Array.from({ length: 30 }, (_, step) => step);
    const found = new Map(steps.toReversed().map((step) => [step, backward.rowsOf(step)] as const));
    for (const step of steps) expect(forward.rowsOf(step)).toEqual(found.get(step));
    expect(new PoolOrder(pools, 4, 4).rowsOf(0)).not.toEqual(forward.rowsOf(0));
  });
});

describe('held-out windows', () => {
  it('are the last ones, as few as have the rows', () => {
    const { training, heldOut } = heldOutWindows(windows, { rows: 11, skip: 1, perToken: 2 });
    expect([training.length, heldOut.length]).toEqual([3, 3]);
    expect(heldOut.at(-1)).toBe(windows.at(-1));
  });

  it('are refused where nothing is left to train on', () => {
    expect(() => heldOutWindows(windows, { rows: 40, skip: 1, perToken: 2 })).toThrow(
      'too little text: expected more than the 40 rows that are held out, got 42 rows in 6 windows',
    );
  });
});
