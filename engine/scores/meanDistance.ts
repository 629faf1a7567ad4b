import type { WeightedScore } from './headScore.ts';
import { laterQueries } from './laterQueries.ts';

/** How far back a head looks, each key weighed by its attention. */
export const meanDistance: WeightedScore = {
  id: 'meanDistance',
  title: 'Mean attention distance',
  rule: 'S9',
  about: 'how far away attention lies, weighed by it: 0 on the query itself, 1 on the token before',
  formula: 'mean over q >= 1 of sum over k of A[q, k] |q - k|',
  source: 'Vig and Belinkov 2019, arXiv 1906.04284, attention distance',
  unit: 'tokens',
  range: [0, null],
  counts: 'every query but the first',
  reading: 'weighted',
  predicts: false,
  select: laterQueries,
  weight: (query, key) => Math.abs(query - key),
};
