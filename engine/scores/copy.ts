import type { HeadScore } from './headScore.ts';
import { copyReadings } from './repeats.ts';

/** The retrieval score of Wu et al. with the answer given instead of generated. */
export const copy: HeadScore = {
  id: 'copy',
  title: 'Copy (retrieval)',
  rule: 'S6',
  about: 'how often the token attended to most is the one to be copied, when it is to be produced (teacher-forced)',
  formula: 'share of q whose argmax over k of A[q, k] is a k < q with x[k] = y(q), y(q) the token after q',
  source: 'Wu et al. 2024, arXiv 2404.15574, section 2: |g_h and k| / |k|',
  unit: 'share',
  range: [0, 1],
  counts: 'queries whose next token is to be copied from an earlier position',
  reading: 'top',
  predicts: true,
  select: copyReadings,
};
