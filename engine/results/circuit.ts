/**
 * The one Circuit type: which nodes and edges of a model carry a behaviour, who says so, and what removing them does.
 * Planted models, published references and found circuits are all this record; engine/exports/circuit.ts writes it.
 * Imports terms only.
 *
 *     { "schema": "headscope-circuit", "schema_version": "1.0.0",
 *       "model":  { "name", "architecture" (id of the family), "fingerprint"? , "order", "shape" },
 *       "task":   { "name", "options"? } or { "prompts": "a prompt file beside this one" } or null,
 *       "source": the paper, file or script that the circuit comes from,
 *       "level":  "nodes" (no claim about edges) or "edges" (the listed edges, and no others, are in the circuit),
 *       "nodes":  [{ "id": "L1H1", "role": "induction", "score"?, "note"? }],
 *       "edges":  [{ "from": "L0H2", "to": "L1H1", "input": "k", "score"?, "note"? }],
 *       "expected"?: [{ "remove": ["L1H1", { "from": "embed", "to": "L1H1", "input": "q" }], "metric", "ablation",
 *                       "effect": { "value", "tolerance" } or { "min"?, "max"? }, "noise"?, "note"? }] }
 *
 * Nodes are heads and MLPs (engine/terms/nodes.ts); `embed` and `logits` belong to every circuit, so they are ends of edges
 * only. `input` (q, k or v) is there exactly when `to` is a head. A role is camelCase (engine/terms/roles.ts lists the
 * known ones), or null where the source states none. `effect` is metric(edited) - metric(clean), mean over prompts, when
 * all of `remove` is ablated together; `remove` may name what is outside the circuit, whose effect should be 0.
 */
import * as z from 'zod';
import { Fault } from '../terms/fault.ts';
import type { Edge, Node, NodeId } from '../terms/nodes.ts';
import { canFeed, formatEdge, headInputs, isNodeId, parseNode } from '../terms/nodes.ts';
import { isRole } from '../terms/roles.ts';
import type { Plain } from './records.ts';
import { ablationKind, metricId, modelShape } from './records.ts';
import { taskOptions } from './taskReport.ts';
import { validate } from './validate.ts';

const text = z.string().min(1);
const nodeId = z.custom<NodeId>(
  (value) => typeof value === 'string' && isNodeId(value),
  'a node: embed, L3H2, L3MLP or logits',
);
const role = z.custom<string>((value) => typeof value === 'string' && isRole(value), 'a role in camelCase, or null');

const edgeEnds = { from: nodeId, to: nodeId, input: z.enum(headInputs).exactOptional() };
/** What a method gave the node or edge, and what there is to say about it. */
const remarks = { score: z.number().exactOptional(), note: text.exactOptional() };

const node = z.strictObject({ id: nodeId, role: role.nullable(), ...remarks });
const edge = z.strictObject({ ...edgeEnds, ...remarks });

const effect = z.union([
  z.strictObject({ value: z.number(), tolerance: z.number().min(0) }),
  z.strictObject({ min: z.number(), max: z.number().exactOptional() }),
  z.strictObject({ max: z.number() }),
]);

const expectedEffect = z.strictObject({
  /** Ablated together. */
  remove: z.array(z.union([nodeId, z.strictObject(edgeEnds)])).min(1),
  metric: metricId,
  ablation: ablationKind,
  effect,
  /** Size of the random weights added to the planted ones; 0 where absent. */
  noise: z.number().min(0).exactOptional(),
  note: text.exactOptional(),
});

const task = z.union([
  z.strictObject({ name: text, options: taskOptions.exactOptional() }),
  z.strictObject({ prompts: text }),
]);

const circuitModel = z.strictObject({
  name: text,
  architecture: text,
  fingerprint: text.exactOptional(),
  order: z.enum(['sequential', 'parallel']),
  shape: modelShape,
});

const circuitSchema = z.strictObject({
  schema: z.literal('headscope-circuit'),
  schema_version: z.literal('1.0.0'),
  model: circuitModel,
  task: task.nullable(),
  source: text,
  level: z.enum(['nodes', 'edges']),
  nodes: z.array(node),
  edges: z.array(edge),
  expected: z.array(expectedEffect).exactOptional(),
});

export type Circuit = Plain<z.infer<typeof circuitSchema>>;
export type CircuitModel = Circuit['model'];
export type ExpectedEffect = NonNullable<Circuit['expected']>[number];

/** The value as a circuit; a Fault names the field, node or edge that is wrong. */
export function checkCircuit(value: unknown, where: string): Circuit {
  const circuit: Circuit = validate(circuitSchema, value, where);
  checkNodes(circuit, where);
  checkEdges(circuit, where);
  circuit.expected?.forEach((expected, i) => checkExpected(circuit.model, expected, `${where}.expected.${i}`));
  return circuit;
}

function checkNodes({ model, nodes }: Circuit, where: string): void {
  nodes.forEach(({ id }, i) => {
    const at = `${where}.nodes.${i}`;
    if (id === 'embed' || id === 'logits') {
      throw new Fault({ what: 'belongs to every circuit', where: at, expected: 'a head or an MLP', got: id });
    }
    nodeOf(id, model, at);
  });
  refuseRepeated(
    nodes.map(({ id }) => id),
    'node',
    `${where}.nodes`,
  );
}

function checkEdges({ model, nodes, edges, level }: Circuit, where: string): void {
  if (level === 'nodes' && edges.length > 0) {
    const expected = 'none in a circuit of level nodes';
    throw new Fault({ what: 'edges', where: `${where}.edges`, expected, got: `${edges.length}` });
  }
  const known = new Set<NodeId>(['embed', 'logits', ...nodes.map(({ id }) => id)]);
  edges.forEach((one, i) => {
    const at = `${where}.edges.${i}`;
    checkEdge(one, model, at);
    const missing = [one.from, one.to].find((id) => !known.has(id));
    if (missing === undefined) return;
    throw new Fault({ what: 'end of an edge', where: at, expected: 'one of the nodes', got: missing });
  });
  refuseRepeated(edges.map(formatEdge), 'edge', `${where}.edges`);
}

function checkExpected(model: CircuitModel, { remove, effect: stated }: ExpectedEffect, where: string): void {
  remove.forEach((part, i) => {
    const at = `${where}.remove.${i}`;
    if (typeof part !== 'string') return checkEdge(part, model, at);
    if (part === 'embed' || part === 'logits') {
      throw new Fault({ what: 'cannot be removed', where: at, expected: 'a head, an MLP or an edge', got: part });
    }
    nodeOf(part, model, at);
  });
  refuseRepeated(
    remove.map((part) => (typeof part === 'string' ? part : formatEdge(part))),
    'part',
    `${where}.remove`,
  );
  if ('min' in stated && stated.max !== undefined && stated.max < stated.min) {
    const got = `${stated.min} to ${stated.max}`;
    throw new Fault({ what: 'empty range', where: `${where}.effect`, expected: 'min of at most max', got });
  }
}

function checkEdge(edgeAt: Edge, model: CircuitModel, where: string): void {
  const [from, to] = [nodeOf(edgeAt.from, model, where), nodeOf(edgeAt.to, model, where)];
  if ((edgeAt.input !== undefined) !== (to.kind === 'head')) {
    const expected = to.kind === 'head' ? 'q, k or v at an edge to a head' : `none at an edge to ${edgeAt.to}`;
    throw new Fault({ what: 'input', where, expected, got: edgeAt.input ?? 'none' });
  }
  if (canFeed(from, to, model.order)) return;
  throw new Fault({
    what: 'edge that leads nowhere',
    where,
    expected: `an end that reads what ${edgeAt.from} writes (blocks are ${model.order})`,
    got: formatEdge(edgeAt),
  });
}

/** The node, if a model of this shape has it. */
function nodeOf(id: NodeId, { shape }: CircuitModel, where: string): Node {
  const found = parseNode(id);
  if (found === null) throw new RangeError(`nodeOf: ${id} passed the schema and is no node`);
  if (found.kind === 'embed' || found.kind === 'logits') return found;
  below(found.layer, shape.layers, 'layer', id, where);
  if (found.kind === 'head') below(found.head, shape.heads, 'head', id, where);
  else if (shape.mlpWidth === null) {
    throw new Fault({ what: 'MLP of a model without MLPs', where, expected: 'heads only', got: id });
  }
  return found;
}

function below(index: number, bound: number, what: string, id: NodeId, where: string): void {
  if (index < bound) return;
  const expected = bound === 0 ? `no ${what}s` : `${what} 0 to ${bound - 1}`;
  throw new Fault({ what: `${what} out of range`, where, expected, got: id });
}

function refuseRepeated(ids: readonly string[], what: string, where: string): void {
  const seen = new Set<string>();
  for (const id of ids) {
    if (seen.has(id)) throw new Fault({ what: `the same ${what} twice`, where, got: id });
    seen.add(id);
  }
}
