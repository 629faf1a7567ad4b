/** Pairs of criteria as CSV: a line for each pair and k. */
import { csvOf } from '../../parts/csv.ts';
import type { CriterionPair } from './agreementRows.ts';

export function agreementCsv(pairs: readonly CriterionPair[]): string {
  const lines = pairs.flatMap(({ a, b, spearman, kendall, overlap }) =>
    overlap.map(({ k, most, least }) => [a, b, spearman, kendall, k, most, least]),
  );
  return csvOf(['a', 'b', 'spearman', 'kendall', 'k', 'overlap_of_most', 'overlap_of_least'], lines);
}
