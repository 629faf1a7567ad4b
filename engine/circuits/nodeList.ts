/** The nodes that circuits are made of here, in the order in which all lists of scores go. */
import type { Family } from '../arch/architecture.ts';
import { Fault } from '../terms/fault.ts';
import type { NodeId } from '../terms/nodes.ts';
import type { NodeSet } from './method.ts';

/** Heads layer by layer, each layer's MLP after its heads. Throws Fault for MLPs of a model that has none. */
export function nodeList({ shape }: Pick<Family, 'shape'>, set: NodeSet): readonly NodeId[] {
  if (set === 'headsAndMlps' && shape.mlpWidth === null) {
    throw new Fault({ what: 'this model has no MLPs', where: 'nodes', expected: 'heads', got: set });
  }
  return Array.from({ length: shape.layers }, (_, layer) => layer).flatMap((layer) => [
    ...Array.from({ length: shape.heads }, (_, head): NodeId => `L${layer}H${head}`),
    ...(set === 'headsAndMlps' ? [`L${layer}MLP` as const] : []),
  ]);
}
