import type { NodeId } from '../../terms/nodes.ts';
import type { Reference } from '../evaluation/graded.ts';
import { nodeOrder } from '../evaluation/nodeOrder.ts';

/** Of the largest effect: below it lies what float32 makes of nothing. */
const NOTHING = 1e-6;

/**
 * The share of nodes with the largest |exact resample effect|, at least one; equal effects in an order drawn from the seed. A node
 * without any effect is never among them, so that there may be fewer.
 */
export function exactTop(nodes: readonly NodeId[], effects: readonly number[], share: number, seed: number): Reference {
  const size = Math.max(1, Math.round(share * nodes.length));
  const sizes = effects.map(Math.abs);
  const least = NOTHING * Math.max(...sizes);
  const best = nodeOrder(sizes, seed)
    .slice(0, size)
    .filter((index) => (sizes[index] ?? 0) > least);
  const percent = Number((100 * share).toPrecision(6));
  return {
    id: `exact-${percent}`,
    title: `top ${percent} % by |exact resample effect| (${best.length} of ${nodes.length})`,
    items: best.map((index) => [nodes[index] as NodeId]),
    ignored: [],
    note: 'measured node by node on the same prompts: a node that another one stands in for is not in it',
  };
}
