import type { HeadRef } from '../../../engine/results/units.ts';
import type { HeadShape } from '../../marks/headShape.ts';
import { headsOf } from './pruneUnits.ts';
import type { Scene } from './scene.ts';

/** Heads that are gone with the first units of the order. */
export function goneHeads(
  shape: Pick<HeadShape, 'layers' | 'heads' | 'kvHeads'>,
  { unit, order }: Pick<Scene, 'unit' | 'order'>,
  position: number,
): readonly HeadRef[] {
  return order.slice(0, position).flatMap((place) => headsOf(shape, unit, place));
}
