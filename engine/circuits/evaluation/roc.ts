/** The receiver operating characteristic of a ranking. */
import type { Graded } from './graded.ts';
import { tieGroups } from './tieGroups.ts';

export interface Roc {
  /** False and true positive rate at each threshold, from (0, 0) to (1, 1). */
  readonly points: readonly (readonly [falsePositives: number, truePositives: number])[];
  /**
   * Straight lines between thresholds: the chance that an item of the circuit stands above one outside it, a tie counting half
   * (Hanley and McNeil 1982).
   */
  readonly auc: number;
  /**
   * Stairs that go right before they go up (Conmy et al. 2023, appendix E): a tie counts nothing, so that a ranking with one
   * score for all has 0. Items without a score are one tie, below all others.
   */
  readonly pessimistic: number;
}

/** Throws RangeError unless there are items of both kinds. */
export function roc(items: readonly Graded[]): Roc {
  const inside = items.filter(({ isIn }) => isIn).length;
  const outside = items.length - inside;
  if (inside === 0 || outside === 0) throw new RangeError('roc: expected items inside and outside the circuit');
  const points: [number, number][] = [[0, 0]];
  let [above, beside, won, tied] = [0, 0, 0, 0];
  for (const group of tieGroups(items)) {
    won += group.outside * above;
    tied += group.outside * group.inside;
    above += group.inside;
    beside += group.outside;
    points.push([beside / outside, above / inside]);
  }
  const pairs = inside * outside;
  return { points, auc: (won + tied / 2) / pairs, pessimistic: won / pairs };
}
