import type { HeadScore } from './headScore.ts';

/** Attention to the token itself. */
export const currentToken: HeadScore = {
  id: 'currentToken',
  title: 'Current token',
  rule: 'S2',
  about: 'attention from each token to itself',
  formula: 'mean over q >= 1 of A[q, q]',
  source: 'Clark et al. 2019, arXiv 1906.04341, section 3.1; no numbered equation',
  unit: 'share',
  range: [0, 1],
  counts: 'every query but the first, which can only attend to itself',
  reading: 'mass',
  predicts: false,
  select: ({ ids }) => ids.slice(1).map((_, i) => ({ query: i + 1, keys: [i + 1] })),
};
