/** What two criteria say of each other, looked up whichever way round the engine measured them. */
import type { ResultOf } from '../../../engine/results/contract.ts';

type Result = ResultOf<'importance'>;
export type CriterionPair = Result['pairs'][number];

/** With the ranks of `a` and `b` in their places; null where the two were not compared. */
export function pairOf(pairs: readonly CriterionPair[], a: string, b: string): CriterionPair | null {
  const found = pairs.find((pair) => pair.a === a && pair.b === b);
  if (found !== undefined) return found;
  const turned = pairs.find((pair) => pair.a === b && pair.b === a);
  if (turned === undefined) return null;
  const furthest = turned.furthest.map(({ rankA, rankB, ...place }) => ({ ...place, rankA: rankB, rankB: rankA }));
  return { ...turned, a, b, furthest };
}

/** [criteria * criteria]: Spearman's rank correlation, 1 with itself, NaN where it is not defined. */
export function correlationGrid(pairs: readonly CriterionPair[], ids: readonly string[]): Float32Array {
  const cells = ids.flatMap((a) => ids.map((b) => (a === b ? 1 : (pairOf(pairs, a, b)?.spearman ?? NaN))));
  return Float32Array.from(cells);
}
