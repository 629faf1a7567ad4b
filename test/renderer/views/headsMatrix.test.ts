import { describe, expect, it } from 'vitest';
import { createHighlight } from '../../../renderer/marks/highlight.ts';
import { dataScaleOf, readScale, scaleText } from '../../../renderer/views/heads/dataScale.ts';
import { hoverOfCells, matrixCells } from '../../../renderer/api/matrixCells.ts';
import { createMatrixFeed, emptyFeed, knownCells } from '../../../renderer/views/heads/matrixFeed.ts';
import { countAt, SLIDER_STEPS, stepOf, topCells } from '../../../renderer/views/heads/topHeads.ts';
import { heads, measureOf } from './headsSample.ts';

describe('cells of a matrix', () => {
  it('are the heads themselves', () => {
    const cells = matrixCells(heads, 'head');
    expect(cells.count).toBe(8);
    expect(cells.headsIn(6)).toEqual([{ layer: 1, head: 2 }]);
    expect(cells.cellOf({ layer: 1, head: 2 })).toBe(6);
    expect(cells.name(6)).toBe('L1H2');
  });

  it('are KV groups, each with all heads that share its keys', () => {
    const cells = matrixCells(heads, 'kv-group');
    expect(cells.shape).toEqual({ layers: 2, heads: 2, kvHeads: 2 });
    expect(cells.headsIn(3)).toEqual([
      { layer: 1, head: 2 },
      { layer: 1, head: 3 },
    ]);
    expect(cells.cellOf({ layer: 1, head: 3 })).toBe(3);
    expect(cells.headIndex(3)).toBe(6);
    expect(cells.name(3)).toBe('L1G1');
  });

  it('count only heads that a pruned model has', () => {
    expect(matrixCells({ ...heads, headsOf: [4, 1] }, 'head').count).toBe(5);
  });

  it('share what is pointed at with drawings of heads', () => {
    const hover = createHighlight();
    const groups = hoverOfCells(hover, matrixCells(heads, 'kv-group'), heads);
    hover.set(7);
    expect(groups.get()).toBe(3);
    groups.set(1);
    expect(hover.get()).toBe(2);
    // An MLP is in no KV group.
    hover.set(8);
    expect(groups.get()).toBeNull();
  });
});

describe('numbers of a matrix', () => {
  const listeners = new Set<() => void>();
  const measures = {
    subscribe: (listener: () => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };

  it('are brought up to date before anybody hears of it', () => {
    const measure = measureOf([NaN, NaN, NaN, NaN, 1, 1, 1, 1]);
    const feed = createMatrixFeed(measures, measure, matrixCells(heads, 'kv-group'));
    expect(Array.from(feed.values)).toEqual([NaN, NaN, 1, 1]);
    const heard: number[] = [];
    const stop = feed.subscribe(() => heard.push(feed.values[1] ?? NaN));
    measure.values[2] = 5;
    listeners.forEach((listener) => listener());
    expect(heard).toEqual([5]);
    expect(knownCells(feed)).toBe(3);
    stop();
    expect(listeners.size).toBe(0);
  });

  it('are significant where the interval excludes 0, and only for measures with a sign', () => {
    const values = [0.4, -0.4, 0.6, -0.6, NaN, 0, 2, -2];
    const cells = matrixCells(heads, 'head');
    expect(Array.from(createMatrixFeed(measures, measureOf(values), cells).significant)).toEqual([
      0, 0, 1, 1, 0, 0, 1, 1,
    ]);
    const share = measureOf(values, { signed: false });
    expect(Array.from(createMatrixFeed(measures, share, cells).significant)).toEqual(Array(8).fill(0));
  });

  it('are all unknown where nothing is measured', () => {
    expect(knownCells(emptyFeed(matrixCells(heads, 'head')))).toBe(0);
  });
});

describe('the unlocked scale', () => {
  it('ends where the numbers end', () => {
    const share = measureOf([0.2, 0.6, NaN], { signed: false, range: [0, 1] });
    expect(dataScaleOf(share)).toEqual({ kind: 'sequential', low: share.values[0], high: share.values[1] });
    expect(dataScaleOf(measureOf([-3, 2]))).toEqual({ kind: 'signed', limit: 3 });
  });

  it('is the fixed one while nothing is known', () => {
    expect(dataScaleOf(measureOf([NaN], { signed: false, range: [0, 1] }))).toEqual({
      kind: 'sequential',
      low: 0,
      high: 1,
    });
  });

  it('comes back from its text', () => {
    for (const scale of [
      { kind: 'signed', limit: 1.5 },
      { kind: 'sequential', low: -1e-7, high: 3 },
    ] as const)
      expect(readScale(scaleText(scale))).toEqual(scale);
  });
});

describe('the strongest heads', () => {
  it('are as many as the slider says, in even ratios', () => {
    expect(countAt(0, 270)).toBe(1);
    expect(countAt(SLIDER_STEPS, 270)).toBe(270);
    expect(countAt(SLIDER_STEPS / 2, 256)).toBe(16);
    expect(stepOf(270, 270)).toBe(SLIDER_STEPS);
    expect(countAt(stepOf(16, 256), 256)).toBe(16);
  });

  it('are those of largest size where the measure has a sign', () => {
    const values = Float32Array.from([1, -3, NaN, 2]);
    expect(topCells(values, true, 2, 4)).toEqual(new Set([1, 3]));
    expect(topCells(values, false, 1, 4)).toEqual(new Set([3]));
    expect(topCells(values, true, 4, 4)).toBeNull();
  });
});
