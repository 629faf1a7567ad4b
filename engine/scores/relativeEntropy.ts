import type { RowScore } from './headScore.ts';
import { laterQueries } from './laterQueries.ts';

/** Attention entropy as a share of the most that it can be, so that prompts of different lengths compare. */
export const relativeEntropy: RowScore = {
  id: 'relativeEntropy',
  title: 'Relative entropy of attention',
  rule: 'S18',
  about: 'attention entropy over the most that it can be: 0 on one key, 1 on all visible keys alike, at any length',
  formula: 'mean over q >= 1 of (-sum over k of A[q, k] ln A[q, k]) / ln(q + 1)',
  source: 'after Clark et al. 2019, arXiv 1906.04341, section 3.3, divided by the entropy of equal attention',
  unit: 'share',
  range: [0, 1],
  counts: 'every query but the first',
  reading: 'entropy',
  predicts: false,
  select: laterQueries,
  ofRow: (entropy, keys) => entropy / Math.log(keys),
};
