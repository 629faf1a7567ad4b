/** How far two rankings agree. */
import { spearman } from '../../tasks/statistics.ts';

export interface Agreement {
  /** Over nodes that both give a score; null where one of them gives all the same. */
  readonly spearman: number | null;
  /** Shared nodes over all nodes of the best tenths (at least one node each). */
  readonly jaccard: number;
}

interface Ranked {
  readonly scores: readonly (number | null)[];
  /** Indices, the best first. */
  readonly order: readonly number[];
}

export function agreement(a: Ranked, b: Ranked): Agreement {
  const both = a.scores.flatMap((score, i) => {
    const other = b.scores[i] ?? null;
    return score === null || other === null ? [] : [[score, other] as const];
  });
  const size = Math.max(1, Math.round(a.order.length / 10));
  const [mine, theirs] = [new Set(a.order.slice(0, size)), new Set(b.order.slice(0, size))];
  const shared = [...mine].filter((index) => theirs.has(index)).length;
  const rho =
    both.length < 2
      ? null
      : spearman(
          both.map(([x]) => x),
          both.map(([, y]) => y),
        );
  return { spearman: rho, jaccard: shared / (2 * size - shared) };
}
