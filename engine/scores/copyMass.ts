import type { HeadScore } from './headScore.ts';
import { copyReadings } from './repeats.ts';

/** The copy score with attention weight in place of the arg max. */
export const copyMass: HeadScore = {
  id: 'copyMass',
  title: 'Copy mass',
  rule: 'S7',
  about: 'attention to the token that is to be copied, when it is to be produced (teacher-forced)',
  formula: 'mean over q of sum over k < q with x[k] = y(q) of A[q, k], y(q) the token after q',
  source: 'after Wu et al. 2024, arXiv 2404.15574, section 2, with A[q, k] in place of the arg max',
  unit: 'share',
  range: [0, 1],
  counts: 'queries whose next token is to be copied from an earlier position',
  reading: 'mass',
  predicts: true,
  select: copyReadings,
};
