import { averageRanks } from '../../tasks/statistics.ts';

/**
 * Several runs of a method as one: each run's ranks (1 for the least, ties at the mean of theirs), averaged over runs. A node
 * without a score ranks below all others; one that no run scores has none.
 */
export function meanRanks(runs: readonly (readonly (number | null)[])[]): (number | null)[] {
  const ranks = runs.map((scores) => averageRanks(scores.map((score) => score ?? -Infinity)));
  return (runs[0] ?? []).map((_, node) => {
    if (runs.every((scores) => (scores[node] ?? null) === null)) return null;
    return ranks.reduce((sum, own) => sum + (own[node] ?? NaN), 0) / runs.length;
  });
}
