import type { RowScore } from './headScore.ts';
import { laterQueries } from './laterQueries.ts';

/** How much of its attention a query gives to a single key. */
export const topShare: RowScore = {
  id: 'topShare',
  title: 'Top-1 share',
  rule: 'S17',
  about: 'attention to the one key that gets most of it, whichever that is: 1 where a head always picks one key',
  formula: 'mean over q >= 1 of max over k of A[q, k]',
  source: 'Voita et al. 2019, arXiv 1905.09418, confidence of a head',
  unit: 'share',
  range: [0, 1],
  counts: 'every query but the first',
  reading: 'largest',
  predicts: false,
  select: laterQueries,
  ofRow: (largest) => largest,
};
