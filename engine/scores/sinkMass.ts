import type { ColumnScore } from './headScore.ts';
import { hiddenSinkKeys, massOn, sinkQueries } from './sinkColumns.ts';

/** Attention that rests: on the first position or on a hidden sink. */
export const sinkMass: ColumnScore = {
  id: 'sinkMass',
  title: 'Sink mass',
  rule: 'S14',
  about: 'attention to the first position and the hidden sinks together: near 1, the head rests on these prompts',
  formula: 'mean over q >= 1 of A[q, 0] + sum over hidden sinks k (S12) of A[q, k]',
  source: 'Gu et al. 2024, arXiv 2410.10781, and Yu et al. 2024, arXiv 2406.15765 (ACT)',
  unit: 'share',
  range: [0, 1],
  counts: 'every query but the first, of prompts of more than 10 tokens',
  reading: 'columns',
  predicts: false,
  select: sinkQueries,
  ofColumns: (columns) => massOn(columns, [0, ...hiddenSinkKeys(columns)]),
};
