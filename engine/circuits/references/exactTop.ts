import type { NodeId } from '../../terms/nodes.ts';
import type { Reference } from '../evaluation/graded.ts';
import { nodeOrder } from '../evaluation/nodeOrder.ts';

/** The share of nodes with the largest |exact resample effect|, at least one; equal effects in an order drawn from the seed. */
export function exactTop(nodes: readonly NodeId[], effects: readonly number[], share: number, seed: number): Reference {
  const size = Math.max(1, Math.round(share * nodes.length));
  const best = nodeOrder(effects.map(Math.abs), seed).slice(0, size);
  const percent = Number((100 * share).toPrecision(6));
  return {
    id: `exact-${percent}`,
    title: `top ${percent} % by |exact resample effect| (${size} of ${nodes.length})`,
    items: best.map((index) => [nodes[index] as NodeId]),
    ignored: [],
    note: 'measured node by node on the same prompts: a node that another one stands in for is not in it',
  };
}
