/** The order of heads by a measure: largest first, by size where it is signed. */
import type { HeadRef } from '../../engine/results/units.ts';
import type { HeadMeasure } from './measuresOfRun.ts';

/** Cells [layer * heads + head] that are known, first rank first. */
export function rankHeads({ values, signed }: Pick<HeadMeasure, 'values' | 'signed'>): readonly number[] {
  const size = (at: number) => (signed ? Math.abs(values[at] ?? 0) : (values[at] ?? 0));
  const known = Array.from(values.keys()).filter((at) => !Number.isNaN(values[at]));
  return known.sort((a, b) => size(b) - size(a) || a - b);
}

/** The head `step` ranks further; the first one where the given head has no rank. Null where nothing is known. */
export function headAfter(measure: HeadMeasure, head: HeadRef | null, step: number): HeadRef | null {
  const order = rankHeads(measure);
  const at = head === null ? -1 : order.indexOf(head.layer * measure.heads + head.head);
  const next = at < 0 ? 0 : Math.min(order.length - 1, Math.max(0, at + step));
  const cell = order[next];
  return cell === undefined ? null : { layer: Math.floor(cell / measure.heads), head: cell % measure.heads };
}
