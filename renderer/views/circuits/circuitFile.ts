/** The circuit that is looked at, as a file: what the engine writes of the method, cut to these nodes. */
import type { Circuit } from '../../../engine/results/circuit.ts';
import type { Node, NodeId } from '../../../engine/terms/nodes.ts';
import { compareNodes, isNodeId, parseNode } from '../../../engine/terms/nodes.ts';

export interface ShownNodes {
  /** The method's circuit of every node that it ranks. */
  readonly ranked: Circuit;
  /** Those that stay. */
  readonly nodes: readonly string[];
  /** `+L1H2 −L3H0`; empty where nothing was changed by hand. */
  readonly changes: string;
}

type FileNode = Circuit['nodes'][number];

/** In order of computation. A node that the method says nothing of has no score. */
export function circuitFile({ ranked, nodes, changes }: ShownNodes): Circuit {
  const added = new Set(changes.split(' '));
  const scored = new Map(ranked.nodes.map((node) => [node.id, node]));
  const kept = nodes
    .filter(isNodeId)
    .map((id) => fileNode(id, scored.get(id), added.has(`+${id}`)))
    .sort((a, b) => compareNodes(nodeAt(a.id), nodeAt(b.id)));
  const source = changes === '' ? ranked.source : `${ranked.source}; changed by hand: ${changes}`;
  return { ...ranked, source, nodes: kept };
}

function fileNode(id: NodeId, scored: FileNode | undefined, isAdded: boolean): FileNode {
  return { ...(scored ?? { id, role: null }), ...(isAdded ? { note: 'put in by hand' } : {}) };
}

function nodeAt(id: NodeId): Node {
  const node = parseNode(id);
  if (node === null) throw new RangeError(`circuitFile: ${id} is no node`);
  return node;
}
