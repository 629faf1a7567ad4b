/** The units of a model by number: unit i of layer l is l * perLayer + i. */
import type { PlanUnit } from '../../../engine/results/planUnit.ts';
import type { HeadRef } from '../../../engine/results/units.ts';
import type { UnitSizes } from '../../api/unitNumber.ts';
import { perLayerOf } from '../../api/unitNumber.ts';
import { headName } from '../../state/headNames.ts';
import type { PruneUnit } from './pruneSettings.ts';

export function unitAt(shape: UnitSizes, unit: PruneUnit, at: number): PlanUnit {
  const perLayer = perLayerOf(shape, unit);
  return { layer: Math.floor(at / perLayer), index: at % perLayer };
}

/** `L9H6`, `L9G2`, `L9MLP`, `L9`. */
export function unitName(unit: PruneUnit, { layer, index }: PlanUnit): string {
  if (unit === 'head') return headName({ layer, head: index });
  return unit === 'kv-group' ? `L${layer}G${index}` : `L${layer}${unit === 'mlp' ? 'MLP' : ''}`;
}

/** None of MLPs; of layers all. */
export function headsOf(
  { heads, kvHeads }: UnitSizes,
  unit: PruneUnit,
  { layer, index }: PlanUnit,
): readonly HeadRef[] {
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
