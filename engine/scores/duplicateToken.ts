import type { HeadScore } from './headScore.ts';
import { earlierOccurrences } from './repeats.ts';

/** Attention to earlier occurrences of the same token. */
export const duplicateToken: HeadScore = {
  id: 'duplicateToken',
  title: 'Duplicate token',
  rule: 'S3',
  about: 'attention from a token that occurred before to its earlier occurrences',
  formula: 'mean over q of sum over j < q with x[j] = x[q] of A[q, j]',
  source: 'Wang et al. 2022, arXiv 2211.00593, section 3; no numbered equation',
  unit: 'share',
  range: [0, 1],
  counts: 'queries whose token occurred before',
  reading: 'mass',
  predicts: false,
  select: (prompt) => earlierOccurrences(prompt, 0),
};
