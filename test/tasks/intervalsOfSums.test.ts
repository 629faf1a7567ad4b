import { describe, expect, it } from 'vitest';
import { intervalsOfSums } from '../../engine/tasks/intervalsOfSums.ts';
import { summarise } from '../../engine/tasks/statistics.ts';
import { seededRandom } from '../../engine/tensor/random.ts';

const random = seededRandom(5);
const values = Array.from({ length: 40 }, () => 2 + random.normal());

describe('intervals of what is computed from sums', () => {
  it('of a mean is the bootstrap interval of the mean', () => {
    const [mean] = intervalsOfSums([values], 3, ([sum = NaN]) => [sum / values.length]);
    const { interval } = summarise(values, 3);
    expect(mean).toEqual(interval.map((end) => expect.closeTo(end, 12)));
  });

  it('draws a unit with its part of every sum: a ratio of columns in proportion has no width', () => {
    const columns = [values, values.map((value) => 3 * value)];
    const [ratio, difference] = intervalsOfSums(columns, 0, ([a = NaN, b = NaN]) => [b / a, b - a]);
    expect(ratio).toEqual([expect.closeTo(3, 12), expect.closeTo(3, 12)]);
    expect((difference?.[1] ?? 0) - (difference?.[0] ?? 0)).toBeGreaterThan(1);
  });

  it('is null where an end is not finite, and of one unit', () => {
    const signs = [1, -1, 1, -1];
    const [ratio, sum] = intervalsOfSums([signs], 0, ([total = NaN]) => [1 / total, total]);
    expect([ratio, sum]).toEqual([null, [-4, 4]]);
    expect(intervalsOfSums([[1, 2]], 0, () => [NaN])).toEqual([null]);
    expect(intervalsOfSums([[7]], 0, ([total = NaN]) => [total])).toEqual([null]);
  });

  it('refuses columns of unequal length', () => {
    expect(() => intervalsOfSums([[1, 2], [1]], 0, () => [0])).toThrow(RangeError);
    expect(() => intervalsOfSums([], 0, () => [0])).toThrow(RangeError);
  });
});
