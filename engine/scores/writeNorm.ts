import type { WriteScore } from './headScore.ts';
import { laterQueries } from './laterQueries.ts';

/** How large what a head adds to the residual stream is: what zero ablation takes away. */
export const writeNorm: WriteScore = {
  id: 'writeNorm',
  title: 'Write norm',
  rule: 'S10',
  about: 'length (L2 norm) of the vector that the head adds to the residual stream',
  formula: 'mean over q >= 1 of ||z[q] W_O||',
  source: 'Kobayashi et al. 2020, arXiv 2004.10102, vector norms',
  unit: 'norm',
  range: [0, null],
  counts: 'every query but the first',
  reading: 'write',
  predicts: false,
  select: laterQueries,
  ofWrite: ({ write }) => write,
};
