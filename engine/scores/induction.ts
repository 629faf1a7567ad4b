import type { HeadScore } from './headScore.ts';
import { earlierOccurrences } from './repeats.ts';

/** Attention to what followed earlier occurrences of the same token: the prefix matching score. */
export const induction: HeadScore = {
  id: 'induction',
  title: 'Induction',
  rule: 'S4',
  about: 'attention from a token that occurred before to the token after its earlier occurrences (prefix matching)',
  formula: 'mean over q of sum over j < q - 1 with x[j] = x[q] of A[q, j + 1]',
  source: 'Olsson et al. 2022, arXiv 2209.11895, prefix matching score; no numbered equation',
  unit: 'share',
  range: [0, 1],
  counts: 'queries whose token occurred before, not only right before',
  reading: 'mass',
  predicts: false,
  select: (prompt) => earlierOccurrences(prompt, 1),
};
