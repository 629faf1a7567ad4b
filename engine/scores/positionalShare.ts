import type { OverlapScore } from './headScore.ts';
import { reorderedQueries } from './reordered.ts';

/** How much of a head's pattern is content-free. */
export const positionalShare: OverlapScore = {
  id: 'positionalShare',
  title: 'Positional share',
  rule: 'S19',
  about:
    'how much of the attention stays in place when the tokens stand in another order: 1 where position alone decides it',
  formula:
    "mean over q >= 1 of sum over k of min(A[q, k], A'[q, k]), A' the pattern of the same tokens in a random order",
  source: 'after Vig and Belinkov 2019, arXiv 1906.04284, attention variability V: 1 - 2 V of the two orders',
  unit: 'share',
  range: [0, 1],
  counts: 'every query but the first, of prompts of at least 4 tokens',
  reading: 'overlap',
  predicts: false,
  select: reorderedQueries,
};
