/** The strongest heads of a measure, and a slider over how many: even steps of it are even ratios. */
import { rankHeads } from '../../api/rankHeads.ts';

export const SLIDER_STEPS = 100;

/** How many of `total` a place of the slider stands for: 1 at its left end, all at its right. */
export function countAt(step: number, total: number): number {
  return Math.round(Math.max(1, total) ** (step / SLIDER_STEPS));
}

export function stepOf(count: number, total: number): number {
  if (total <= 1 || count >= total) return SLIDER_STEPS;
  return Math.round((SLIDER_STEPS * Math.log(Math.max(1, count))) / Math.log(total));
}

/** Cells of the first `count` by size; null where that is all of them: nothing is dimmed. */
export function topCells(
  values: Float32Array,
  signed: boolean,
  count: number,
  total: number,
): ReadonlySet<number> | null {
  return count >= total ? null : new Set(rankHeads({ values, signed }).slice(0, count));
}
