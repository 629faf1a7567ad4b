import type { ColumnScore } from './headScore.ts';
import { hiddenSinkKeys, sinkQueries } from './sinkColumns.ts';

/** How many tokens beside the first a head uses as a sink. */
export const hiddenSinks: ColumnScore = {
  id: 'hiddenSinks',
  title: 'Hidden sinks',
  rule: 'S12',
  about:
    'number of positions other than the first that get more than 0.1 of the attention of all queries that see them, on average',
  formula: 'number of k >= 1, seen by at least 10 queries q >= 1, with mean over these q of A[q, k] > 0.1',
  source: 'Yu et al. 2024, arXiv 2406.15765 (ACT), attention sinks beside the first token',
  unit: 'columns',
  range: [0, null],
  counts: 'every query but the first, of prompts of more than 10 tokens',
  reading: 'columns',
  predicts: false,
  select: sinkQueries,
  ofColumns: (columns) => hiddenSinkKeys(columns).length,
};
