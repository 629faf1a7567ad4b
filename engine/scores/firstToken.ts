import type { HeadScore } from './headScore.ts';

/** Attention to position 0, the usual attention sink. */
export const firstToken: HeadScore = {
  id: 'firstToken',
  title: 'First token',
  rule: 'S5',
  about: 'attention from each later token to the first position, which most models use as a sink',
  formula: 'mean over q >= 1 of A[q, 0]',
  source: 'Gu et al. 2024, arXiv 2410.10781, alpha of the first token; Xiao et al. 2023, arXiv 2309.17453',
  unit: 'share',
  range: [0, 1],
  counts: 'every query but the first',
  reading: 'mass',
  predicts: false,
  select: ({ ids }) => ids.slice(1).map((_, i) => ({ query: i + 1, keys: [0] })),
};
