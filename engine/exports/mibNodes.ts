/** Node scores as the circuit track of MIB reads them: a graph file of EAP-IG with scores at nodes. Imports terms and results only. */
import type { CircuitHeader, CircuitRanking } from '../results/circuitBench.ts';
import { measures } from '../terms/measures.ts';
import type { NodeId } from '../terms/nodes.ts';
import { parseNode } from '../terms/nodes.ts';
import { rounded } from './exportFormat.ts';

/**
 * `{ cfg, nodes, edges }` with nodes `input`, `a0.h3`, `m0`, `logits`. A score above 0 says that the node helps: minus the effect of its
 * removal where the method has a signed one. Its loader keeps a node without a score in every circuit: the input, what a method
 * says nothing of, and MLPs where only heads were ranked.
 */
export function mibNodes({ shape, order, nodes, metricId }: CircuitHeader, { scores, signed }: CircuitRanking): string {
  const sign = measures[metricId].better === 'higher' ? -1 : 1;
  const scoreOf = new Map<string, number>();
  nodes.forEach((id, index) => {
    const score = signed === null ? (scores[index] ?? null) : sign * (signed[index] ?? NaN);
    if (score !== null) scoreOf.set(mibName(id as NodeId), rounded(score));
  });
  const names = ['input', ...layerNames(shape), 'logits'];
  const entry = (name: string) => {
    const score = scoreOf.get(name);
    return { in_graph: true, ...(score === undefined ? {} : { score }) };
  };
  const graph = {
    cfg: {
      n_layers: shape.layers,
      n_heads: shape.heads,
      parallel_attn_mlp: order === 'parallel',
      d_model: shape.width,
    },
    nodes: Object.fromEntries(names.map((name) => [name, entry(name)])),
    edges: {},
  };
  return `${JSON.stringify(graph, null, 1)}\n`;
}

/** Their graph has an MLP in every layer. */
function layerNames({ layers, heads }: CircuitHeader['shape']): string[] {
  return Array.from({ length: layers }, (_, layer) => [
    ...Array.from({ length: heads }, (__, head) => `a${layer}.h${head}`),
    `m${layer}`,
  ]).flat();
}

function mibName(id: NodeId): string {
  const node = parseNode(id);
  if (node?.kind === 'head') return `a${node.layer}.h${node.head}`;
  if (node?.kind === 'mlp') return `m${node.layer}`;
  throw new RangeError(`${id} is not ranked`);
}
