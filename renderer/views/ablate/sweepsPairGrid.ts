/** Pairs of heads as a square: each pair twice, on both sides of the diagonal, where a head stands alone. */
import type { AblatedSet } from '../../../engine/results/ablateSets.ts';
import type { HeadRef } from '../../../engine/results/units.ts';
import { sameHead } from '../../state/headRefs.ts';
import type { Estimate } from './sweepsRows.ts';
import { estimateOf } from './sweepsRows.ts';

export interface PairGrid {
  /** [heads * heads]; NaN where not measured yet. */
  readonly values: Float32Array;
  readonly significant: Uint8Array;
  readonly estimates: readonly (Estimate | null)[];
}

export function pairGrid(
  heads: readonly HeadRef[],
  sets: readonly AblatedSet[],
  shown: 'interaction' | 'effect',
): PairGrid {
  const size = heads.length;
  const values = new Float32Array(size * size).fill(NaN);
  const significant = new Uint8Array(size * size);
  const estimates = new Array<Estimate | null>(size * size).fill(null);
  const at = (head: HeadRef | undefined) => heads.findIndex((other) => sameHead(other, head ?? null));
  for (const set of sets) {
    const summary = shown === 'effect' ? set.effect : set.interaction;
    const [a, b] = [at(set.heads[0]), at(set.heads.at(-1))];
    if (summary === null || a < 0 || b < 0) continue;
    for (const cell of [a * size + b, b * size + a]) {
      const estimate = estimateOf(summary);
      estimates[cell] = estimate;
      values[cell] = estimate.value;
      significant[cell] = Number(estimate.low > 0 || estimate.high < 0);
    }
  }
  return { values, significant, estimates };
}

/** A head is no pair with itself. */
export function diagonal(size: number): ReadonlySet<number> {
  return new Set(Array.from({ length: size }, (_, i) => i * size + i));
}
