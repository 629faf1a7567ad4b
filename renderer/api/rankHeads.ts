/** The order of heads by a measure: largest first, by size where it is signed and says no importance. */
import type { HeadRef } from '../../engine/results/units.ts';
import type { HeadMeasure } from './measuresOfRun.ts';

type Ranked = Pick<HeadMeasure, 'signed'> & { readonly call?: HeadMeasure['call'] };

/** An effect is large whichever way it goes; of importance there is less below 0 than at 0. */
export function isRankedBySize({ signed, call }: Ranked): boolean {
  return signed && call !== 'importance';
}

/** Cells [layer * heads + head] that are known, first rank first. */
export function rankHeads(measure: Pick<HeadMeasure, 'values'> & Ranked): readonly number[] {
  const { values } = measure;
  const bySize = isRankedBySize(measure);
  const size = (at: number) => (bySize ? Math.abs(values[at] ?? 0) : (values[at] ?? 0));
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
