/** In which order units go: the least worth keeping first, those that are protected never, each layer keeping some. */
import type { PlanUnit } from '../../../engine/results/planUnit.ts';
import type { HeadShape } from '../../marks/headShape.ts';
import { perLayerOf } from '../../api/unitNumber.ts';
import { unitAt } from './pruneUnits.ts';

export interface OrderRequest {
  readonly shape: Pick<HeadShape, 'layers' | 'heads' | 'kvHeads'>;
  readonly unit: 'head' | 'kv-group';
  /** What each unit is worth. */
  readonly values: ArrayLike<number>;
  /** Numbers of units that stay. */
  readonly stays: ReadonlySet<number>;
  /** Units that each layer keeps. */
  readonly minPerLayer: number;
}

/** Empty where nothing may go, or where some unit has no value. */
export function planOrder({ shape, unit, values, stays, minPerLayer }: OrderRequest): readonly PlanUnit[] {
  const numbers = Array.from(values);
  if (numbers.some(Number.isNaN)) return [];
  const left = new Map<number, number>();
  return [...numbers.keys()]
    .filter((at) => !stays.has(at))
    .sort((a, b) => (numbers[a] ?? 0) - (numbers[b] ?? 0) || a - b)
    .map((at) => unitAt(shape, unit, at))
    .filter(({ layer }) => {
      const here = left.get(layer) ?? perLayerOf(shape, unit);
      if (here <= minPerLayer) return false;
      left.set(layer, here - 1);
      return true;
    });
}

/** At most `most` counts from 1 to all, evenly. */
export function curvePoints(all: number, most = 12): readonly number[] {
  const count = Math.min(all, most);
  return Array.from({ length: count }, (_, i) => Math.round(((i + 1) * all) / count));
}
