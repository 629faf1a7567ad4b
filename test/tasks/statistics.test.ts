import { describe, expect, it } from 'vitest';
import {
  averageRanks,
  pearson,
  spearman,
  summarise,
  summariser,
  summariseShare,
  wilsonInterval,
} from '../../engine/tasks/statistics.ts';
import { seededRandom } from '../../engine/tensor/random.ts';

describe('summarise', () => {
  it('gives mean and standard error by their formulas', () => {
    const { mean, standardError, n } = summarise([2, 4, 4, 4, 5, 5, 7, 9], 0);
    expect(mean).toBe(5);
    expect(standardError).toBeCloseTo(Math.sqrt(32 / 7 / 8), 12);
    expect(n).toBe(8);
  });

  it('gives the same interval for the same seed and another for another', () => {
    const random = seededRandom(3);
    const values = Array.from({ length: 40 }, random.normal);
    expect(summarise(values, 5)).toEqual(summarise(values, 5));
    expect(summarise(values, 5).interval).not.toEqual(summarise(values, 6).interval);
  });

  it('gives an interval of about two standard errors to either side', () => {
    const random = seededRandom(4);
    const { mean, standardError, interval } = summarise(
      Array.from({ length: 200 }, () => 10 + random.normal()),
      0,
    );
    expect((mean - interval[0]) / standardError).toBeCloseTo(1.96, 0);
    expect((interval[1] - mean) / standardError).toBeCloseTo(1.96, 0);
  });

  it('covers the true mean in about 95 of 100 samples', () => {
    const random = seededRandom(5);
    const summary = summariser(50, 0);
    const covered = Array.from({ length: 400 }, () => summary(Array.from({ length: 50 }, random.normal))).filter(
      ({ interval: [low, high] }) => low <= 0 && 0 <= high,
    ).length;
    expect(covered / 400).toBeGreaterThan(0.9);
    expect(covered / 400).toBeLessThan(0.985);
  });

  it('one value is its own interval and no values are refused', () => {
    expect(summarise([3], 0)).toEqual({ mean: 3, standardError: 0, interval: [3, 3], n: 1 });
    expect(() => summarise([], 0)).toThrow(RangeError);
    expect(() => summariser(2, 0)([1])).toThrow('expected 2 values, got 1');
  });

  it('equal values have no spread', () => {
    expect(summarise([1, 1, 1], 0)).toEqual({ mean: 1, standardError: 0, interval: [1, 1], n: 3 });
  });

  it('leaves the values as they were', () => {
    const values = Float32Array.of(3, 1, 2);
    summarise(values, 0);
    expect([...values]).toEqual([3, 1, 2]);
  });

  it('many sets over the same prompts get what each gets alone, also where resamples are not kept', () => {
    for (const n of [64, 501]) {
      const random = seededRandom(n);
      const [one, other] = [Array.from({ length: n }, random.normal), Array.from({ length: n }, random.normal)];
      const summary = summariser(n, 9);
      expect([summary(one), summary(other)]).toEqual([summarise(one, 9), summarise(other, 9)]);
    }
  });

  it('draws what the kept resamples hold when it draws them again', () => {
    const n = 501;
    const values = Array.from({ length: n }, (_, i) => i);
    const random = seededRandom(1);
    const means = Array.from({ length: 2000 }, () => {
      let total = 0;
      for (let i = 0; i < n; i++) total += random.below(n);
      return total / n;
    }).sort((a, b) => a - b);
    const [low] = summarise(values, 1).interval;
    expect(low).toBeGreaterThanOrEqual(means[49] as number);
    expect(low).toBeLessThanOrEqual(means[50] as number);
  });
});

describe('shares', () => {
  it('the Wilson interval has its published values', () => {
    // Newcombe 1998, table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
    const published = [
      [81, 263, 0.2553, 0.3662],
      [15, 148, 0.0624, 0.1605],
      [0, 20, 0, 0.1611],
      [1, 29, 0.0061, 0.1718],
    ] as const;
    for (const [successes, n, low, high] of published) {
      const interval = wilsonInterval(successes, n);
      expect(interval[0]).toBeCloseTo(low, 4);
      expect(interval[1]).toBeCloseTo(high, 4);
    }
    expect(wilsonInterval(20, 20)[1]).toBe(1);
  });

  it('refuses impossible counts', () => {
    expect(() => wilsonInterval(0, 0)).toThrow(RangeError);
    expect(() => wilsonInterval(3, 2)).toThrow(RangeError);
    expect(() => summariseShare([])).toThrow(RangeError);
  });

  it('accuracy comes with its Wilson interval', () => {
    const { mean, standardError, interval, n } = summariseShare([true, true, true, false]);
    expect([mean, n]).toEqual([0.75, 4]);
    expect(standardError).toBeCloseTo(Math.sqrt(0.1875 / 4), 12);
    expect(interval).toEqual(wilsonInterval(3, 4));
  });
});

describe('correlation', () => {
  const [x, y] = [
    [1, 2, 3, 4, 5],
    [2, 4, 5, 4, 5],
  ];

  it('is what the formulas give by hand, ties at their mean rank', () => {
    // Deviations -2 -1 0 1 2 and -2 0 1 0 1: 6 / sqrt(10 * 6).
    expect(pearson(x, y)).toBeCloseTo(6 / Math.sqrt(60), 14);
    expect(averageRanks(y)).toEqual([1, 2.5, 4.5, 2.5, 4.5]);
    // Deviations of the ranks -2 -1 0 1 2 and -2 -0.5 1.5 -0.5 1.5: 7 / sqrt(10 * 9).
    expect(spearman(x, y)).toBeCloseTo(7 / Math.sqrt(90), 14);
  });

  it('of a monotonous curve is 1 by rank only, and turns its sign with it', () => {
    const curve = x.map((value) => Math.exp(value));
    expect(spearman(x, curve)).toBe(1);
    expect(pearson(x, curve)).toBeLessThan(0.95);
    expect(spearman(x, curve.toReversed())).toBe(-1);
    expect(
      pearson(
        x,
        x.map((value) => 3 - 7 * value),
      ),
    ).toBeCloseTo(-1, 14);
  });

  it('does not depend on place and scale', () => {
    const moved = y.map((value) => 1e6 + value / 3);
    expect(pearson(x, moved)).toBeCloseTo(pearson(x, y) ?? NaN, 9);
  });

  it('is unknown where nothing varies, and refuses unequal lengths', () => {
    expect(pearson([1, 1, 1], [1, 2, 3])).toBeNull();
    expect(spearman([0.1, 0.1, 0.1], [1, 2, 3])).toBeNull();
    expect(pearson([1], [2])).toBeNull();
    expect(pearson([], [])).toBeNull();
    expect(() => pearson([1], [])).toThrow('pearson: expected 1 values, got 0');
  });
});
