import type { ColumnScore } from './headScore.ts';
import { hiddenSinkKeys, massOn, sinkQueries } from './sinkColumns.ts';

/** Attention to the sinks beside the first token: vertical stripes in the pattern. */
export const hiddenSinkMass: ColumnScore = {
  id: 'hiddenSinkMass',
  title: 'Hidden sink mass',
  rule: 'S13',
  about: 'attention to the hidden sinks together: vertical stripes in the pattern, the first position aside',
  formula: 'mean over q >= 1 of sum over hidden sinks k (S12) of A[q, k]',
  source: 'after Yu et al. 2024, arXiv 2406.15765 (ACT), attention sinks beside the first token',
  unit: 'share',
  range: [0, 1],
  counts: 'every query but the first, of prompts of more than 10 tokens',
  reading: 'columns',
  predicts: false,
  select: sinkQueries,
  ofColumns: (columns) => massOn(columns, hiddenSinkKeys(columns)),
};
