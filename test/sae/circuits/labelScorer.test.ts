import { describe, expect, it } from 'vitest';
import { zScores } from '../../../sae/circuits/labelScorer.ts';

function z(score: number, shuffled: readonly number[]): number {
  return zScores(
    Float64Array.of(score),
    shuffled.map((value) => Float64Array.of(value)),
  )[0] as number;
}

describe('z of a head against shuffled labels', () => {
  it('is the distance from their mean in standard deviations', () => {
    expect(z(5, [1, 2, 3])).toBeCloseTo(3, 12);
    expect(z(0, [1, 2, 3])).toBeCloseTo(-2, 12);
  });

  it('is 0 where no labels make a difference, and where only rounding does', () => {
    expect(z(2, [2, 2, 2])).toBe(0);
    expect(z(0, [0, 0])).toBe(0);
    expect(z(0.69 + 2e-16, [0.69, 0.69 + 1e-16, 0.69 - 1e-16])).toBe(0);
  });

  it('is large, and finite, for a head that the labels as they are alone make differ', () => {
    const same = Array<number>(200).fill(0);
    expect(z(1, same)).toBeCloseTo(200 / Math.sqrt(201), 12);
    expect(z(-1, same)).toBeCloseTo(-200 / Math.sqrt(201), 12);
    // One shuffle that differs gives about as much.
    expect(z(1, [...same.slice(1), 1])).toBeCloseTo(Math.sqrt(200), 0);
    expect(z(3, [1])).toBeCloseTo(Math.SQRT1_2, 12);
  });
});
