import { describe, expect, it } from 'vitest';
import { aucInterval, precisionInterval } from '../../../engine/circuits/evaluation/areaInterval.ts';
import { roc } from '../../../engine/circuits/evaluation/roc.ts';
import { seededRandom } from '../../../engine/tensor/random.ts';

describe('the interval of an area over few nodes', () => {
  /** Areas of normal scores, those inside higher by `shift`: how many of 400 intervals hold the true area. */
  function coverage(inside: number, outside: number, shift: number, truth: number): number {
    const random = seededRandom(1);
    const scores = (count: number, isIn: boolean) =>
      Array.from({ length: count }, () => ({ score: random.normal() + (isIn ? shift : 0), isIn }));
    const draws = Array.from({ length: 400 }, () => {
      const { auc } = roc([...scores(inside, true), ...scores(outside, false)]);
      const [low, high] = aucInterval(auc, { inside, outside });
      return low <= truth && truth <= high;
    });
    return draws.filter(Boolean).length / draws.length;
  }

  // Of normal scores the true area is the normal distribution at shift / sqrt 2.
  it.each([
    [4, 12, 0, 0.5],
    [4, 12, 2, 0.9214],
    [6, 26, 1, 0.7602],
    [14, 256, 0, 0.5],
    [14, 256, 2, 0.9214],
  ])('holds the true area of normal scores about as often as it says: %i inside, %i outside, shift %i', (...given) => {
    expect(coverage(...given)).toBeGreaterThan(0.92);
  });

  it('has a width at the ends of the range, and never leaves it', () => {
    const [low, high] = aucInterval(1, { inside: 4, outside: 12 });
    expect([low > 0.5, low < 0.9, high]).toEqual([true, true, 1]);
    expect(aucInterval(0, { inside: 12, outside: 4 })).toEqual([0, expect.closeTo(1 - low, 9)]);
    const [least, most] = aucInterval(0.5, { inside: 1, outside: 1 });
    expect([least > 0, most < 1]).toEqual([true, true]);
  });

  it('is narrower the more nodes there are, and is turned round with the ranking', () => {
    const width = (inside: number) => {
      const [low, high] = aucInterval(0.8, { inside, outside: 100 });
      return high - low;
    };
    expect(width(40)).toBeLessThan(width(10));
    const [low, high] = aucInterval(0.8, { inside: 5, outside: 30 });
    const [below, above] = aucInterval(0.2, { inside: 30, outside: 5 });
    expect([1 - high, 1 - low]).toEqual([expect.closeTo(below, 9), expect.closeTo(above, 9)]);
  });

  it('of an average precision is that of a share of the nodes inside', () => {
    const [low, high] = precisionInterval(0.5, { inside: 4 });
    expect([low, high]).toEqual([expect.closeTo(0.15, 2), expect.closeTo(0.85, 2)]);
    expect(precisionInterval(1, { inside: 4 })[0]).toBeLessThan(0.6);
  });
});
