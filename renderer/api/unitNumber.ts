/** The units of a model by number: unit i of layer l is l * perLayer + i. */
import type { AblationHeader } from '../../engine/results/ablation.ts';
import type { HeadShape } from '../marks/headShape.ts';

export type UnitKind = AblationHeader['unit'];

export type UnitSizes = Pick<HeadShape, 'layers' | 'heads' | 'kvHeads'>;

export function perLayerOf({ heads, kvHeads }: UnitSizes, unit: UnitKind): number {
  return unit === 'head' ? heads : unit === 'kv-group' ? kvHeads : 1;
}

interface UnitAt {
  readonly layer: number;
  readonly index: number;
}

export function unitNumber(shape: UnitSizes, unit: UnitKind, { layer, index }: UnitAt): number {
  return layer * perLayerOf(shape, unit) + index;
}
