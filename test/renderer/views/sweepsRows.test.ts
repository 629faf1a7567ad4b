import { describe, expect, it } from 'vitest';
import type { AblatedSet } from '../../../engine/results/ablateSets.ts';
import type { Summary } from '../../../engine/results/records.ts';
import type { HeadRef } from '../../../engine/results/units.ts';
import type { Column, SetTable } from '../../../renderer/api/runTables.ts';
import { createFeed } from '../../../renderer/views/ablate/sweepsFeed.ts';
import { diagonal, pairGrid } from '../../../renderer/views/ablate/sweepsPairGrid.ts';
import { greedyRows, listRows, pairRows } from '../../../renderer/views/ablate/sweepsRows.ts';

const [a, b, c]: readonly [HeadRef, HeadRef, HeadRef] = [
  { layer: 0, head: 1 },
  { layer: 2, head: 0 },
  { layer: 3, head: 3 },
];

const summary = (mean: number, half = 0.5): Summary => ({
  ...{ mean, standardError: half / 2, interval: [mean - half, mean + half], n: 16 },
});

function setOf(heads: readonly HeadRef[], effect: number, more: Partial<AblatedSet> = {}): AblatedSet {
  return { kind: 'set', heads, effect: summary(effect), kl: summary(0.1), interaction: null, step: null, ...more };
}

describe('a set that grows', () => {
  const baseline = { metric: summary(4) } as SetTable['baseline'];
  const sets = [
    setOf([a], -1, { step: 0 }),
    setOf([b], -2, { step: 0 }),
    setOf([b, a], -3, { step: 1 }),
    setOf([b, c], -2.5, { step: 1 }),
  ];
  const rows = greedyRows({ kind: 'ablateSets', header: {} as SetTable['header'], baseline, sets, chosen: [b, a] });

  it('has at each step the set that was chosen, and what its last head added', () => {
    expect(rows.map(({ step, added, gained, tried }) => ({ step, added, gained, tried }))).toEqual([
      { step: 1, added: b, gained: -2, tried: 2 },
      { step: 2, added: a, gained: -1, tried: 2 },
    ]);
    expect(rows[1]?.heads).toEqual([b, a]);
  });

  it('puts the interval of the change around the metric', () => {
    expect(rows[1]?.after).toEqual({ value: 1, low: 0.5, high: 1.5 });
  });
});

describe('pairs', () => {
  const sets = [setOf([a], -1), setOf([b], -2), setOf([a, b], -4, { interaction: summary(-1) })];

  it('stand on both sides of the diagonal, which has heads alone', () => {
    const grid = pairGrid([a, b, c], sets, 'effect');
    expect(Array.from(grid.values)).toEqual([-1, -4, NaN, -4, -2, NaN, NaN, NaN, NaN]);
    expect(Array.from(grid.significant)).toEqual([1, 1, 0, 1, 1, 0, 0, 0, 0]);
  });

  it('interact only as pairs', () => {
    const { values } = pairGrid([a, b, c], sets, 'interaction');
    expect(Array.from(values)).toEqual([NaN, -1, NaN, -1, NaN, NaN, NaN, NaN, NaN]);
    expect([...diagonal(3)]).toEqual([0, 4, 8]);
  });

  it('are rows with the heads alone among them', () => {
    expect(pairRows({ sets }).map(({ name }) => name)).toEqual(['L0H1 alone', 'L2H0 alone', 'L0H1 L2H0']);
  });
});

describe('a single prompt', () => {
  it('has no interval', () => {
    const [row] = pairRows({ sets: [{ ...setOf([a], -1), effect: { ...summary(-1, 0), n: 1 } }] });
    expect(row?.effect).toEqual({ value: -1, low: NaN, high: NaN });
  });
});

describe('saved sets', () => {
  it('have the name that they have now, else their heads', () => {
    const rows = listRows({ sets: [setOf([b, a], 1), setOf([c], 2)] }, [{ name: 'movers', heads: [a, b] }]);
    expect(rows.map(({ name }) => name)).toEqual(['movers', 'L3H3']);
    expect(new Set(rows.map(({ key }) => key)).size).toBe(2);
  });
});

describe('numbers as they come', () => {
  it('are the memory of the run, with dots brought up to date before anybody hears', () => {
    const column: Column = {
      ...{ mean: Float32Array.of(NaN, 1), low: Float32Array.of(NaN, -1), high: Float32Array.of(NaN, 2) },
      n: Uint32Array.of(16, 16),
    };
    let tell = (): void => undefined;
    const runs = {
      subscribe: (_: string, listener: () => void) => {
        tell = listener;
        return () => undefined;
      },
    };
    const feed = createFeed(runs, 'run', column);
    expect(Array.from(feed.significant)).toEqual([0, 0]);
    const heard: number[][] = [];
    feed.subscribe(() => heard.push(Array.from(feed.significant)));
    column.mean[0] = -2;
    column.low[0] = -3;
    column.high[0] = -1;
    tell();
    expect(heard).toEqual([[1, 0]]);
    expect(feed.values[0]).toBe(-2);
  });
});
