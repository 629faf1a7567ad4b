import type { Graded } from './graded.ts';

/** Items of one score, which no threshold can part. */
export interface TieGroup {
  readonly inside: number;
  readonly outside: number;
}

/** From the highest score to the lowest; items without a score come last, as one group. */
export function tieGroups(items: readonly Graded[]): readonly TieGroup[] {
  const groups = new Map<number | null, { inside: number; outside: number }>();
  for (const { score, isIn } of items) {
    const group = groups.get(score) ?? { inside: 0, outside: 0 };
    group[isIn ? 'inside' : 'outside'] += 1;
    groups.set(score, group);
  }
  const rank = (score: number | null) => score ?? -Infinity;
  return [...groups].sort(([a], [b]) => (rank(a) === rank(b) ? 0 : rank(b) - rank(a))).map(([, group]) => group);
}
