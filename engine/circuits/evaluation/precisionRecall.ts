/** Precision and recall of a ranking. */
import type { Graded } from './graded.ts';
import { tieGroups } from './tieGroups.ts';

export interface PrecisionRecall {
  /** At each threshold, from the highest. A tie is taken whole; items without a score are taken last. */
  readonly points: readonly (readonly [recall: number, precision: number])[];
  /** sum over thresholds of (R_k - R_k-1) P_k, not interpolated. */
  readonly averagePrecision: number;
  /** Highest 2 P R / (P + R) of all thresholds: chosen with the reference in hand, so no method reaches it without. */
  readonly bestF1: number;
}

/** Throws RangeError where nothing is in the circuit. */
export function precisionRecall(items: readonly Graded[]): PrecisionRecall {
  const inside = items.filter(({ isIn }) => isIn).length;
  if (inside === 0) throw new RangeError('precisionRecall: expected items in the circuit');
  const points: [number, number][] = [];
  let [found, taken, averagePrecision, bestF1] = [0, 0, 0, 0];
  for (const group of tieGroups(items)) {
    found += group.inside;
    taken += group.inside + group.outside;
    const [recall, precision] = [found / inside, found / taken];
    averagePrecision += (group.inside / inside) * precision;
    bestF1 = Math.max(bestF1, (2 * found) / (inside + taken));
    points.push([recall, precision]);
  }
  return { points, averagePrecision, bestF1 };
}
