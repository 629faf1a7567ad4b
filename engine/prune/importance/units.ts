/** Units whose importance is asked for: query heads, KV groups with all their query heads, layers, MLPs. */
import type { Family, ModelShape } from '../../arch/architecture.ts';
import type { Replacement } from '../../run/replacements.ts';
import { Fault } from '../../terms/fault.ts';

export type ImportanceUnit = 'head' | 'kv-group' | 'layer' | 'mlp';

export interface UnitPlace {
  readonly layer: number;
  /** Head or KV group of the layer; 0 for layers and MLPs. */
  readonly index: number;
}

export function perLayerOf({ heads, kvHeads }: Pick<ModelShape, 'heads' | 'kvHeads'>, unit: ImportanceUnit): number {
  return unit === 'head' ? heads : unit === 'kv-group' ? kvHeads : 1;
}

/** Layer by layer. */
export function unitPlaces(shape: ModelShape, unit: ImportanceUnit): UnitPlace[] {
  const perLayer = perLayerOf(shape, unit);
  return Array.from({ length: shape.layers * perLayer }, (_, i) => ({
    layer: Math.floor(i / perLayer),
    index: i % perLayer,
  }));
}

/** Query heads of a head, or of a KV group. */
export function headsOf({ heads, kvHeads }: ModelShape, unit: 'head' | 'kv-group', index: number): number[] {
  const size = unit === 'head' ? 1 : heads / kvHeads;
  return Array.from({ length: size }, (_, i) => index * size + i);
}

/** What is replaced where a unit is. Throws Fault for MLPs of a model that has none. */
export function replacementOf(family: Family, unit: ImportanceUnit, { layer, index }: UnitPlace): Replacement {
  if (unit === 'head' || unit === 'kv-group') {
    return { layer, sites: ['z'], heads: headsOf(family.shape, unit, index) };
  }
  requireMlps(family, unit);
  const hasMlp = family.lacks.mlpOut === undefined;
  if (unit === 'layer') return { layer, sites: hasMlp ? ['attnOut', 'mlpOut'] : ['attnOut'] };
  return { layer, sites: ['mlpOut'] };
}

export function requireMlps({ lacks }: Family, unit: ImportanceUnit): void {
  if (unit === 'mlp' && lacks.mlpOut !== undefined) throw new Fault({ what: `no MLPs to rank: ${lacks.mlpOut}` });
}
