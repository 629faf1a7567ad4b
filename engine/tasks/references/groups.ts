/** Circuits are published as groups of nodes and arrows between groups: these turn them into nodes and edges. */
import type { Circuit } from '../../results/circuit.ts';
import type { Edge, HeadInput, NodeId } from '../../terms/nodes.ts';
import { canFeed, compareNodes, formatEdge, headInputs, parseNode } from '../../terms/nodes.ts';

type CircuitNode = Circuit['nodes'][number];

export interface Group {
  /** Null where the source states none. */
  readonly role: string | null;
  readonly nodes: readonly NodeId[];
  readonly note?: string;
}

/** In order of computation. */
export function nodesOf(groups: readonly Group[]): CircuitNode[] {
  return groups
    .flatMap(({ role, nodes, note }) => nodes.map((id) => ({ id, role, ...(note === undefined ? {} : { note }) })))
    .sort((a, b) => compareNodes(partsOf(a.id), partsOf(b.id)));
}

/** MLPs of these layers. */
export function mlps(from: number, to: number): NodeId[] {
  return Array.from({ length: to - from + 1 }, (_, i): NodeId => `L${from + i}MLP`);
}

/** Each of `from` to each of `to` that can read it, in a model of sequential blocks; at heads through `inputs`. */
export function arrows(
  from: readonly NodeId[],
  to: readonly NodeId[],
  inputs: readonly HeadInput[] = headInputs,
): Edge[] {
  return from.flatMap((source) =>
    to
      .filter((end) => canFeed(partsOf(source), partsOf(end), 'sequential'))
      .flatMap((end): Edge[] =>
        partsOf(end).kind === 'head'
          ? inputs.map((input) => ({ from: source, to: end, input }))
          : [{ from: source, to: end }],
      ),
  );
}

/** Each edge once, in order of computation of what writes and then of what reads. */
export function edgesOf(...parts: readonly (readonly Edge[])[]): Edge[] {
  const unique = new Map(parts.flat().map((edge) => [formatEdge(edge), edge]));
  return [...unique.values()].sort(
    (a, b) => compareNodes(partsOf(a.from), partsOf(b.from)) || compareNodes(partsOf(a.to), partsOf(b.to)),
  );
}

function partsOf(id: NodeId) {
  const node = parseNode(id);
  if (node === null) throw new RangeError(`${id} is no node`);
  return node;
}
