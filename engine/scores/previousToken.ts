import type { HeadScore } from './headScore.ts';

/** Attention to the token before. */
export const previousToken: HeadScore = {
  id: 'previousToken',
  title: 'Previous token',
  rule: 'S1',
  about: 'attention from each token to the one before it',
  formula: 'mean over q >= 1 of A[q, q - 1]',
  source:
    'Clark et al. 2019, arXiv 1906.04341, section 3.1; Olsson et al. 2022, arXiv 2209.11895; no numbered equation',
  unit: 'share',
  range: [0, 1],
  counts: 'every query but the first',
  reading: 'mass',
  predicts: false,
  select: ({ ids }) => ids.slice(1).map((_, i) => ({ query: i + 1, keys: [i] })),
};
