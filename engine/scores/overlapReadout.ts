import type { Readout } from '../run/readout.ts';

/**
 * `overlap` [B N P]: sum over k of min(A[q, k], A'[q, k]), where the second half of the rows are those of A', in the same
 * order. 1 less the total variation of the two, where their rows sum to 1.
 */
export const overlapReadout: Readout = {
  key: 'overlap',
  build(g, { pattern }) {
    const halves = g.split(pattern, 'B', 'C B', { C: 2 });
    const both = g.minimum(g.select(halves, 'C', 0), g.select(halves, 'C', 1));
    return new Map([['overlap', g.sum(both, 'K')]]);
  },
};
