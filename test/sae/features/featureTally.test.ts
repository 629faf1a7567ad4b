import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../engine/tensor/random.ts';
import { sparseCodes } from '../../../sae/codes.ts';
import type { WindowCodes } from '../../../sae/features/featureRows.ts';
import { BINS, contextGroups, FeatureTally } from '../../../sae/features/featureTally.ts';

const [features, length] = [5, 12];

/** Windows of dense codes; feature 4 is never active, feature 3 has values of both signs. */
function drawnWindows(count: number, seed = 7): { windows: WindowCodes[]; dense: Float32Array[] } {
  const random = seededRandom(seed);
  const value = (feature: number) => {
    if (feature === 4 || random.next() < 0.7) return 0;
    return feature === 3 ? random.normal() : 10 ** feature * random.next() ** 3;
  };
  const dense = Array.from({ length: count }, () =>
    Float32Array.from({ length: length * features }, (_, i) => value(i % features)),
  );
  const positions = Array.from({ length }, (_, i) => i);
  const windows = dense.map((codes, window) => ({
    ...{ window, positions, perToken: 1 },
    codes: sparseCodes(codes, features),
  }));
  return { windows, dense };
}

function tallied(windows: readonly WindowCodes[], strongest = 3, perQuantile = 2): FeatureTally {
  const tally = new FeatureTally({ features, strongest, perQuantile, seed: 1 });
  windows.forEach((window) => tally.add(window));
  return tally;
}

const columnOf = (dense: readonly Float32Array[], feature: number) =>
  dense.map((codes) => codes.filter((_, i) => i % features === feature));

describe('the tally of features', () => {
  const { windows, dense } = drawnWindows(60);
  const tally = tallied(windows);
  const counts = tally.counts();
  const contexts = [...tally.contexts()];

  it('counts what a plain pass over all values counts', () => {
    expect(counts.rows).toBe(60 * length);
    for (let feature = 0; feature < features; feature++) {
      const active = columnOf(dense, feature).flatMap((column) => [...column].filter((value) => value !== 0));
      const mean = active.reduce((sum, value) => sum + value, 0) / Math.max(1, active.length);
      expect(counts.active[feature]).toBe(active.length);
      expect(counts.mean[feature]).toBeCloseTo(mean, 3);
      expect(counts.largest[feature]).toBe(Math.fround(Math.max(0, ...active)));
    }
  });

  it('puts every activation in its bin, however wide bins became', () => {
    for (let feature = 0; feature < 4; feature++) {
      const step = counts.step[feature] as number;
      const expected = new Array<number>(BINS).fill(0);
      for (const value of columnOf(dense, feature).flatMap((column) => [...column])) {
        const bin = BINS / 2 + Math.floor(value / step);
        if (value !== 0) expected[bin] = (expected[bin] as number) + 1;
      }
      expect([...counts.counts.subarray(feature * BINS, (feature + 1) * BINS)]).toEqual(expected);
    }
  });

  it('keeps the windows with the largest activations, one context a window', () => {
    for (let feature = 0; feature < 4; feature++) {
      const peaks = columnOf(dense, feature).map((column) => Math.max(...column));
      const expected = [...peaks].sort((a, b) => b - a).slice(0, 3);
      const own = contexts.filter((context) => context.feature === feature);
      expect(own.filter(({ group }) => group === 0).map(({ value }) => value)).toEqual(expected);
      expect(new Set(own.map(({ window }) => window)).size).toBe(own.length);
    }
    expect(contexts.some(({ feature }) => feature === 4)).toBe(false);
  });

  it('draws from each quarter of the largest activation what is there', () => {
    for (const { feature, group, window, row, value } of contexts) {
      expect(dense[window]?.[row * features + feature]).toBe(value);
      if (group === 0) continue;
      const share = value / (counts.largest[feature] as number);
      expect(4 - Math.min(3, Math.floor(4 * share))).toBe(group);
    }
    const low = contexts.filter(({ feature, group }) => feature === 0 && contextGroups[group] === '0 to 25 %');
    expect(low).toHaveLength(2);
  });

  it('is the same in any batches and for the same seed', () => {
    const again = tallied(windows);
    expect([...again.contexts()]).toEqual(contexts);
  });

  it('draws without favour: each of equal windows about as often', () => {
    const times = new Array<number>(8).fill(0);
    const codes = sparseCodes(Float32Array.from([1, 0, 0, 0, 0]), features);
    for (let seed = 0; seed < 400; seed++) {
      const one = new FeatureTally({ features, strongest: 0, perQuantile: 2, seed });
      for (let window = 0; window < 8; window++) one.add({ window, positions: [0], perToken: 1, codes });
      for (const { window } of one.contexts()) times[window] = (times[window] as number) + 1;
    }
    expect(times.reduce((a, b) => a + b, 0)).toBe(800);
    expect(Math.min(...times)).toBeGreaterThan(70);
    expect(Math.max(...times)).toBeLessThan(130);
  });
});
