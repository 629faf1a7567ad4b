/**
 * Nodes and edges of a model's computation, by id. Imports nothing.
 *
 * A node adds to the residual stream, or reads it at the end:
 *
 *     embed    the input stream: token and position embedding
 *     L3H2     head 2 of layer 3 (a query head)
 *     L3MLP    the MLP of layer 3
 *     logits   the unembedding
 *
 * An edge says that what `from` writes is read by `to`. A head reads the stream three times, so an edge to a head says
 * through which input: its queries, keys or values (Conmy et al. 2023, arXiv 2304.14997, section 2).
 */

export type NodeId = 'embed' | `L${number}H${number}` | `L${number}MLP` | 'logits';

export type Node =
  | { readonly kind: 'embed' }
  | { readonly kind: 'head'; readonly layer: number; readonly head: number }
  | { readonly kind: 'mlp'; readonly layer: number }
  | { readonly kind: 'logits' };

/** What a head reads the stream as. */
export const headInputs = ['q', 'k', 'v'] as const;
export type HeadInput = (typeof headInputs)[number];

/** `input` is there exactly when `to` is a head. */
export interface Edge {
  readonly from: NodeId;
  readonly to: NodeId;
  readonly input?: HeadInput;
}

/** Does a block's MLP read the stream after its attention, or do both read what comes into the block? */
export type BlockOrder = 'sequential' | 'parallel';

// Without leading zeros, so that a node has one id only.
const headPattern = /^L(0|[1-9]\d{0,5})H(0|[1-9]\d{0,5})$/;
const mlpPattern = /^L(0|[1-9]\d{0,5})MLP$/;

/** The node with this id, or null where it is none. */
export function parseNode(id: string): Node | null {
  if (id === 'embed' || id === 'logits') return { kind: id };
  const head = headPattern.exec(id);
  if (head !== null) return { kind: 'head', layer: Number(head[1]), head: Number(head[2]) };
  const mlp = mlpPattern.exec(id);
  return mlp === null ? null : { kind: 'mlp', layer: Number(mlp[1]) };
}

export function isNodeId(id: string): id is NodeId {
  return parseNode(id) !== null;
}

export function formatNode(node: Node): NodeId {
  switch (node.kind) {
    case 'embed':
    case 'logits':
      return node.kind;
    case 'head':
      return `L${node.layer}H${node.head}`;
    case 'mlp':
      return `L${node.layer}MLP`;
  }
}

/** `embed->L0H2.q`, `L1H1->logits`. */
export function formatEdge({ from, to, input }: Edge): string {
  return `${from}->${to}${input === undefined ? '' : `.${input}`}`;
}

/** Can the second read what the first writes? In a parallel block the MLP does not see its own block's heads. */
export function canFeed(from: Node, to: Node, order: BlockOrder): boolean {
  if (to.kind === 'embed' || from.kind === 'logits') return false;
  if (from.kind === 'embed' || to.kind === 'logits') return true;
  if (from.layer !== to.layer) return from.layer < to.layer;
  return order === 'sequential' && from.kind === 'head' && to.kind === 'mlp';
}

/** Order of computation, for sorting: embed, then layer by layer the heads and the MLP, then logits. */
export function compareNodes(a: Node, b: Node): number {
  const [first, second] = [rank(a), rank(b)];
  const position = first.findIndex((part, i) => part !== second[i]);
  return position < 0 ? 0 : (first[position] ?? 0) - (second[position] ?? 0);
}

function rank(node: Node): readonly [layer: number, kind: number, head: number] {
  switch (node.kind) {
    case 'embed':
      return [-1, 0, 0];
    case 'head':
      return [node.layer, 0, node.head];
    case 'mlp':
      return [node.layer, 1, 0];
    case 'logits':
      return [Number.MAX_SAFE_INTEGER, 0, 0];
  }
}
