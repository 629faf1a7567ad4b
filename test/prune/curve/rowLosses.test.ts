/** Losses and divergences of small rows against sums written out. */
import { describe, expect, it } from 'vitest';
import { logPartitions, tokenDivergences, tokenLosses } from '../../../engine/prune/curve/rowLosses.ts';

const predicted = (logits: readonly number[], width: number) => {
  const data = Float32Array.from(logits);
  return { logits: data, partitions: logPartitions(data, width) };
};

describe('losses of a row', () => {
  it('takes each position’s next token, and not the last position', () => {
    const losses = tokenLosses(predicted([0, 0, Math.log(3), 0, 500, 0], 2), [0, 1, 0]);
    // p(1) = 1/2, then p(0) = 3/4; the last position predicts nothing.
    expect(losses).toHaveLength(2);
    expect(losses[0]).toBeCloseTo(Math.log(2), 6);
    expect(losses[1]).toBeCloseTo(Math.log(4 / 3), 6);
    expect(() => tokenLosses(predicted([0, 0], 2), [0])).toThrow(RangeError);
  });

  it('stays finite where logits are large', () => {
    const { partitions } = predicted([1000, 1000], 2);
    expect(partitions[0]).toBeCloseTo(1000 + Math.log(2), 9);
  });

  it('is the divergence of the full from the pruned prediction', () => {
    const p = predicted([Math.log(3), 0, 9, 9], 2);
    const q = predicted([0, 0, 1, 9], 2);
    const expected = 0.75 * Math.log(1.5) + 0.25 * Math.log(0.5);
    expect(tokenDivergences(p, q)).toHaveLength(1);
    expect(tokenDivergences(p, q)[0]).toBeCloseTo(expected, 6);
    expect(tokenDivergences(p, p)[0]).toBe(0);
  });
});
