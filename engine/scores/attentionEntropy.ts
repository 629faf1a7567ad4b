import type { RowScore } from './headScore.ts';
import { laterQueries } from './laterQueries.ts';

/** How widely attention is spread over keys: 0 on one key, ln n on n keys alike. */
export const attentionEntropy: RowScore = {
  id: 'attentionEntropy',
  title: 'Attention entropy',
  rule: 'S8',
  about: 'how widely attention is spread: 0 on one key, ln n on n keys alike',
  formula: 'mean over q >= 1 of -sum over k of A[q, k] ln A[q, k]',
  source: 'Clark et al. 2019, arXiv 1906.04341, section 3.3; no numbered equation',
  unit: 'nats',
  range: [0, null],
  counts: 'every query but the first',
  reading: 'entropy',
  predicts: false,
  select: laterQueries,
  ofRow: (entropy) => entropy,
};
