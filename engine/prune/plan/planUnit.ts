/** What a plan removes at a time: a query head, or a KV group with all its query heads. */
import type { ModelShape } from '../../arch/architecture.ts';
import type { HeadsByLayer } from '../surgery/headsByLayer.ts';
import { headsByLayer } from '../surgery/headsByLayer.ts';

export type UnitKind = 'head' | 'kv-group';

export interface PlanUnit {
  readonly layer: number;
  /** Of the head or the group in its layer. */
  readonly index: number;
}

type Sizes = Pick<ModelShape, 'layers' | 'heads' | 'kvHeads'>;

/** `3.1` */
export function unitKey({ layer, index }: PlanUnit): string {
  return `${layer}.${index}`;
}

export function unitsPerLayer(shape: Sizes, kind: UnitKind): number {
  return kind === 'head' ? shape.heads : shape.kvHeads;
}

/** Every unit, layer by layer. */
export function allUnits(shape: Sizes, kind: UnitKind): PlanUnit[] {
  const layers = Array.from({ length: shape.layers }, (_, layer) => layer);
  const indices = Array.from({ length: unitsPerLayer(shape, kind) }, (_, index) => index);
  return layers.flatMap((layer) => indices.map((index) => ({ layer, index })));
}

/** Query heads of one unit. */
export function headsOfUnit({ heads, kvHeads }: Sizes, kind: UnitKind, { index }: PlanUnit): number[] {
  const size = kind === 'head' ? 1 : heads / kvHeads;
  return Array.from({ length: size }, (_, i) => index * size + i);
}

/** Their heads together. Throws Fault for none, and for a unit that the model lacks. */
export function headsOfUnits(shape: Sizes, kind: UnitKind, units: readonly PlanUnit[]): HeadsByLayer {
  return headsByLayer(shape, {
    heads: kind === 'head' ? units.map(({ layer, index }) => ({ layer, head: index })) : [],
    kvGroups: kind === 'head' ? [] : units.map(({ layer, index }) => ({ layer, kvGroup: index })),
  });
}
