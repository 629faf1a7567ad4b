/** The units of a model by number: unit i of layer l is l * perLayer + i. */
import type { PlanUnit } from '../../../engine/results/planUnit.ts';
import type { HeadRef } from '../../../engine/results/units.ts';
import type { HeadShape } from '../../marks/headShape.ts';
import { headName } from '../../state/headNames.ts';
import type { PruneUnit } from './pruneSettings.ts';

type Sizes = Pick<HeadShape, 'layers' | 'heads' | 'kvHeads'>;

export function perLayerOf({ heads, kvHeads }: Sizes, unit: PruneUnit): number {
  return unit === 'head' ? heads : unit === 'kv-group' ? kvHeads : 1;
}

export function unitAt(shape: Sizes, unit: PruneUnit, at: number): PlanUnit {
  const perLayer = perLayerOf(shape, unit);
  return { layer: Math.floor(at / perLayer), index: at % perLayer };
}

export function unitNumber(shape: Sizes, unit: PruneUnit, { layer, index }: PlanUnit): number {
  return layer * perLayerOf(shape, unit) + index;
}

/** `L9H6`, `L9G2`, `L9MLP`, `L9`. */
export function unitName(unit: PruneUnit, { layer, index }: PlanUnit): string {
  if (unit === 'head') return headName({ layer, head: index });
  return unit === 'kv-group' ? `L${layer}G${index}` : `L${layer}${unit === 'mlp' ? 'MLP' : ''}`;
}

/** None of MLPs; of layers all. */
export function headsOf({ heads, kvHeads }: Sizes, unit: PruneUnit, { layer, index }: PlanUnit): readonly HeadRef[] {
  if (unit === 'mlp') return [];
  const size = unit === 'head' ? 1 : unit === 'kv-group' ? heads / kvHeads : heads;
  return Array.from({ length: size }, (_, i) => ({ layer, head: index * size + i }));
}

export const unitTitles: Readonly<Record<PruneUnit, string>> = {
  'kv-group': 'KV groups',
  head: 'Heads',
  layer: 'Layers',
  mlp: 'MLPs',
};

/** In a sentence: `heads`, `KV groups`. */
export function unitWords(unit: PruneUnit): string {
  return unit === 'kv-group' || unit === 'mlp' ? unitTitles[unit] : unitTitles[unit].toLowerCase();
}
