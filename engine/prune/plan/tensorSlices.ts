import { usedTensors } from '../../arch/checkWeights.ts';
import type { TensorCut } from '../../files/tensorCut.ts';
import type { ModelDescription } from '../../run/index.ts';
import { headCuts } from '../surgery/headCuts.ts';
import type { HeadsByLayer } from '../surgery/headsByLayer.ts';

/** The removed part of one tensor: ranges [from, to) along a stored axis. */
export interface TensorSlice {
  readonly tensor: string;
  readonly axis: number;
  readonly ranges: readonly (readonly [from: number, to: number])[];
}

/** What goes with these heads, tensor by tensor under Hugging Face's names, in its order of axes. */
export function tensorSlices(
  { family, files }: Pick<ModelDescription, 'family' | 'files'>,
  removed: HeadsByLayer,
): TensorSlice[] {
  const cuts = headCuts(family, usedTensors(family, files.tensors), removed, 'all');
  return [...cuts].map(([tensor, cut]) => ({ tensor, axis: cut.axis, ranges: rangesOf(cut) }));
}

/** Neighbouring parts are one range. */
function rangesOf({ shape, axis, units, keep }: TensorCut): [number, number][] {
  const part = (shape[axis] ?? 0) / units;
  const kept = new Set(keep);
  const ranges: [number, number][] = [];
  for (let unit = 0; unit < units; unit++) {
    if (kept.has(unit)) continue;
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === unit * part) last[1] += part;
    else ranges.push([unit * part, (unit + 1) * part]);
  }
  return ranges;
}
