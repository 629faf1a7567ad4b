import { describe, expect, it } from 'vitest';
import { headStatistics, topHeads, topStability } from '../../../engine/scores/retrieval/statistics.ts';

const run = (needle: string | null, ...values: number[]) => ({ needle, values });

describe('statistics over runs', () => {
  it('are the mean over runs, with the share of runs above zero', () => {
    const [first, second] = headStatistics([run('a', 1, 0), run('a', 0.5, 0), run('b', 0, 0.25), run('c', 0.5, 0)], 0);
    expect([first?.mean, first?.active, first?.n]).toEqual([0.5, 0.75, 4]);
    expect([second?.mean, second?.active]).toEqual([0.0625, 0.25]);
  });

  it('have errors between needles, not between runs', () => {
    const values = [0.1, 0.9, 0.3, 0.7];
    // Within a needle all runs are alike: forty runs say no more than four.
    const runs = values.flatMap((value, i) => Array.from({ length: 10 }, () => run(`needle ${i}`, value)));
    const [clustered] = headStatistics(runs, 0);
    const [apart] = headStatistics(
      runs.map((one) => ({ ...one, needle: null })),
      0,
    );
    // Of means of four values drawn from four: population deviation / sqrt(4).
    expect(clustered?.standardError).toBeCloseTo(Math.sqrt(0.1) / 2, 1);
    expect(clustered?.standardError ?? 0).toBeGreaterThan(2.5 * (apart?.standardError ?? 1));
    expect(clustered?.interval[0]).toBeLessThan(0.3);
  });

  it('of one needle alone are clustered by run', () => {
    const [one] = headStatistics([run('a', 0), run('a', 1)], 0);
    expect(one?.standardError).toBeGreaterThan(0.3);
  });

  it('of one run have no error', () => {
    expect(headStatistics([run('a', 0.5)], 0)).toEqual([
      { mean: 0.5, standardError: 0, interval: [0.5, 0.5], n: 1, active: 1 },
    ]);
  });

  it('weigh needles by their runs', () => {
    const [one] = headStatistics([run('a', 1), run('b', 0), run('b', 0), run('b', 0)], 0);
    expect(one?.mean).toBe(0.25);
  });
});

describe('stability of the top', () => {
  it('is 1 where every needle has the same order, and lower where needles disagree', () => {
    const heads = Array.from({ length: 30 }, (_, i) => 1 / (i + 1));
    const same = ['a', 'b', 'c', 'd'].map((needle) => run(needle, ...heads));
    expect(topStability(same, 0)).toEqual({ top: 10, overlap: 1 });
    const rotated = ['a', 'b', 'c', 'd'].map((needle, i) =>
      run(needle, ...heads.map((_, at) => heads[(at + 7 * i) % 30] ?? 0)),
    );
    expect(topStability(rotated, 0)?.overlap).toBeLessThan(0.9);
  });

  it('is of as many heads as have a score, and null where none has', () => {
    expect(topStability([run('a', 0, 1, 0), run('b', 0, 1, 0.5)], 0)?.top).toBe(2);
    expect(topStability([run('a', 0, 0), run('b', 0, 0)], 0)).toBeNull();
    expect(topStability([run('a', 1, 0)], 0)).toBeNull();
  });

  it('takes the earlier of equal heads', () => {
    expect(topHeads(Float64Array.of(0, 2, 1, 2), 3)).toEqual([1, 3, 2]);
  });
});
