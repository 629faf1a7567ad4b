/** The Circuit type: what is a circuit, what is refused and how it is said, and its file. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readCircuit, writeCircuit } from '../../engine/exports/circuit.ts';
import type { Circuit } from '../../engine/results/circuit.ts';
import { checkCircuit } from '../../engine/results/circuit.ts';
import type { NodeId } from '../../engine/terms/nodes.ts';
import { canFeed, compareNodes, formatEdge, formatNode, isNodeId, parseNode } from '../../engine/terms/nodes.ts';
import { isRole, roles } from '../../engine/terms/roles.ts';

const circuit: Circuit = {
  schema: 'headscope-circuit',
  schema_version: '1.0.0',
  model: {
    name: 'small',
    architecture: 'transformerLens',
    order: 'sequential',
    shape: {
      layers: 3,
      heads: 4,
      kvHeads: 4,
      headWidth: 8,
      width: 32,
      mlpWidth: 64,
      vocabulary: 50,
      outputVocabulary: 50,
      context: 16,
    },
  },
  task: { name: 'induction', options: { length: 12 } },
  source: 'a test',
  level: 'edges',
  nodes: [
    { id: 'L0H2', role: 'previousToken', score: 1.5 },
    { id: 'L1MLP', role: null, note: 'copies' },
    { id: 'L2H1', role: 'induction' },
  ],
  edges: [
    { from: 'embed', to: 'L0H2', input: 'v' },
    { from: 'L0H2', to: 'L1MLP', score: -0.25 },
    { from: 'L1MLP', to: 'L2H1', input: 'k' },
    { from: 'L2H1', to: 'logits' },
  ],
  expected: [
    { remove: ['L2H1'], metric: 'logitDifference', ablation: 'zero', effect: { max: -2 }, noise: 0 },
    {
      remove: ['L0H2', { from: 'embed', to: 'L2H1', input: 'q' }],
      metric: 'logitDifference',
      ablation: 'resample',
      effect: { value: -3, tolerance: 0.1 },
      note: 'together',
    },
    { remove: ['L0H0'], metric: 'negativeLogLikelihood', ablation: 'mean', effect: { min: 0, max: 1e-6 } },
  ],
};

const faultOf = (value: unknown): string => {
  try {
    checkCircuit(value, 'circuit.json');
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
  return 'accepted';
};

const ids: readonly NodeId[] = ['embed', 'L0H0', 'L0H11', 'L0MLP', 'L1H0', 'L10H3', 'L10MLP', 'logits'];
const nodeOf = (id: NodeId) => {
  const node = parseNode(id);
  if (node === null) throw new Error(`expected a node: ${id}`);
  return node;
};

describe('node ids', () => {
  it.each(ids)('%s is parsed and written again', (id) => {
    expect(formatNode(nodeOf(id))).toBe(id);
  });

  it.each(['', 'L0', 'H3', 'L0H', 'L00H1', 'L1H01', 'L-1H0', 'L1H1 ', 'l1h1', 'L1.5H0', 'MLP', 'L3mlp', 'L1234567H0'])(
    '%j is no node',
    (id) => {
      expect(isNodeId(id)).toBe(false);
    },
  );

  it('are in order of computation, by number and not by letter', () => {
    const sorted = [...ids].reverse().sort((a, b) => compareNodes(nodeOf(a), nodeOf(b)));
    expect(sorted).toEqual(ids);
    expect(compareNodes(nodeOf('L1H0'), nodeOf('L1H0'))).toBe(0);
  });

  it('feed what comes after them, and in a parallel block not its MLP', () => {
    const feeds = (from: NodeId, to: NodeId, order: 'sequential' | 'parallel' = 'sequential') =>
      canFeed(nodeOf(from), nodeOf(to), order);
    expect(feeds('embed', 'logits')).toBe(true);
    expect(feeds('L0H0', 'L1H0')).toBe(true);
    expect(feeds('L0MLP', 'L1H0')).toBe(true);
    expect(feeds('L0H0', 'L0MLP')).toBe(true);
    expect(feeds('L0H0', 'L0MLP', 'parallel')).toBe(false);
    for (const [from, to] of [
      ['L0H0', 'L0H11'],
      ['L0MLP', 'L0H0'],
      ['L0MLP', 'L0MLP'],
      ['L1H0', 'L0H0'],
      ['logits', 'embed'],
      ['L0H0', 'embed'],
      ['logits', 'L10H3'],
    ] as const) {
      expect(feeds(from, to), `${from} to ${to}`).toBe(false);
    }
  });

  it('make edges that say through what a head reads', () => {
    expect(circuit.edges.map(formatEdge)).toEqual(['embed->L0H2.v', 'L0H2->L1MLP', 'L1MLP->L2H1.k', 'L2H1->logits']);
  });
});

describe('a circuit', () => {
  it('is accepted as it is', () => {
    expect(checkCircuit(circuit, 'here')).toEqual(circuit);
  });

  it('may have a role of its own, in camelCase', () => {
    expect(Object.keys(roles).every(isRole)).toBe(true);
    expect(faultOf({ ...circuit, nodes: [...circuit.nodes, { id: 'L2H0', role: 'bracketCounter' }] })).toBe('accepted');
    for (const role of ['', 'name mover', 'Sink', 'name-mover', 'x'.repeat(65)]) {
      const nodes = [{ id: 'L2H0', role }];
      expect(faultOf({ ...circuit, nodes, edges: [] })).toContain('circuit.json.nodes.0.role: wrong value');
    }
  });

  const edge = (from: string, to: string, input?: string) => ({ from, to, ...(input === undefined ? {} : { input }) });
  const node = (id: string) => ({ id, role: null });
  const withEdge = (...parts: Parameters<typeof edge>) => ({ ...circuit, edges: [...circuit.edges, edge(...parts)] });
  const withNode = (id: string) => ({ ...circuit, nodes: [...circuit.nodes, node(id)] });
  const withExpected = (changes: object) => ({
    ...circuit,
    expected: [{ remove: ['L2H1'], metric: 'rank', ablation: 'zero', effect: { min: 1 }, ...changes }],
  });

  it.each([
    ['nothing', null, 'circuit.json: wrong value: expected object, got null'],
    ['another schema', { ...circuit, schema: 'circuit' }, 'circuit.json.schema: wrong value'],
    ['a later version', { ...circuit, schema_version: '2.0.0' }, 'expected one of 1.0.0, got "2.0.0"'],
    ['an unknown field', { ...circuit, author: 'me' }, 'circuit.json: unknown field: expected no field author'],
    ['an id that is none', withNode('9.6'), 'expected a node: embed, L3H2, L3MLP or logits, got "9.6"'],
    ['a layer too many', withNode('L3H0'), 'circuit.json.nodes.3: layer out of range: expected layer 0 to 2, got L3H0'],
    ['a head too many', withNode('L2H4'), 'nodes.3: head out of range: expected head 0 to 3, got L2H4'],
    ['embed as a node', withNode('embed'), 'nodes.3: belongs to every circuit: expected a head or an MLP, got embed'],
    ['the same node twice', withNode('L0H2'), 'circuit.json.nodes: the same node twice: got L0H2'],
    ['an edge without input', withEdge('embed', 'L2H1'), 'input: expected q, k or v at an edge to a head, got none'],
    ['an input at logits', withEdge('L0H2', 'logits', 'v'), 'input: expected none at an edge to logits, got v'],
    ['an input at an MLP', withEdge('embed', 'L1MLP', 'q'), 'input: expected none at an edge to L1MLP, got q'],
    ['an unknown input', withEdge('embed', 'L2H1', 'o'), 'expected one of q, k, v, got "o"'],
    ['an edge back', withEdge('L2H1', 'L0H2', 'q'), 'edge that leads nowhere: expected an end that reads what L2H1'],
    ['an edge to itself', withEdge('L1MLP', 'L1MLP'), 'edge that leads nowhere'],
    ['an edge from logits', withEdge('logits', 'L2H1', 'q'), 'edge that leads nowhere'],
    ['an edge to embed', withEdge('L0H2', 'embed'), 'edge that leads nowhere'],
    [
      'an end that is no node',
      withEdge('L0H1', 'logits'),
      'edges.4: end of an edge: expected one of the nodes, got L0H1',
    ],
    ['the same edge twice', withEdge('embed', 'L0H2', 'v'), 'the same edge twice: got embed->L0H2.v'],
    [
      'edges of a circuit of nodes',
      { ...circuit, level: 'nodes' },
      'edges: expected none in a circuit of level nodes, got 4',
    ],
    ['no source', { ...circuit, source: '' }, 'circuit.json.source: wrong value'],
    ['a task without a name', { ...circuit, task: {} }, 'circuit.json.task'],
    ['a score that is not a number', { ...circuit, nodes: [{ ...node('L0H2'), score: NaN }] }, 'nodes.0.score'],
    ['an effect of nothing', withExpected({ remove: [] }), 'expected.0.remove: wrong value'],
    ['an effect without a size', withExpected({ effect: {} }), 'expected.0.effect'],
    ['an effect of two kinds', withExpected({ effect: { min: 1, value: 2, tolerance: 0 } }), 'expected.0.effect'],
    [
      'an empty range',
      withExpected({ effect: { min: 1, max: 0 } }),
      'effect: empty range: expected min of at most max',
    ],
    ['removal of embed', withExpected({ remove: ['embed'] }), 'cannot be removed: expected a head, an MLP or an edge'],
    ['removal out of range', withExpected({ remove: ['L9H0'] }), 'expected.0.remove.0: layer out of range'],
    ['removal of an edge back', withExpected({ remove: [edge('L2H1', 'L0MLP')] }), 'remove.0: edge that leads nowhere'],
    ['removal twice', withExpected({ remove: ['L2H1', 'L2H1'] }), 'the same part twice: got L2H1'],
    ['an unknown metric', withExpected({ metric: 'accuracy' }), 'expected.0.metric: wrong value'],
    ['negative noise', withExpected({ noise: -1 }), 'expected.0.noise: wrong value'],
  ])('with %s is refused in one line that says where', (_, value, message) => {
    const fault = faultOf(value);
    expect(fault).toMatch(/^Fault: circuit\.json/);
    expect(fault).toContain(message);
  });

  it('of a model without MLPs has none', () => {
    const { shape } = circuit.model;
    const value = { ...circuit, model: { ...circuit.model, shape: { ...shape, mlpWidth: null } } };
    expect(faultOf(value)).toContain('nodes.1: MLP of a model without MLPs: expected heads only, got L1MLP');
  });

  it('of parallel blocks has no edge from a head to the MLP beside it', () => {
    const parallel = { ...withNode('L1H0'), model: { ...circuit.model, order: 'parallel' } };
    const value = { ...parallel, edges: [edge('L1H0', 'L1MLP')] };
    expect(faultOf(value)).toContain('(blocks are parallel), got L1H0->L1MLP');
    expect(faultOf({ ...value, model: circuit.model })).toBe('accepted');
  });
});

describe('circuit.json', () => {
  it('comes back as it was written', () => {
    const text = writeCircuit(circuit);
    expect(readCircuit(text, 'circuit.json')).toEqual(circuit);
    expect(writeCircuit(readCircuit(text, 'circuit.json'))).toBe(text);
  });

  it('has a line for each node, edge and effect', () => {
    const lines = writeCircuit(circuit).split('\n');
    expect(lines).toContain('    {"id":"L2H1","role":"induction"}');
    expect(lines).toContain('    {"from":"L2H1","to":"logits"}');
    expect(writeCircuit({ ...circuit, level: 'nodes', edges: [] })).toContain('"edges": [],');
  });

  it('that is cut off is refused', () => {
    const text = writeCircuit(circuit);
    expect(() => readCircuit(text.slice(0, 100), 'circuit.json')).toThrow('circuit.json: not a JSON file');
  });

  it('of the bundled model is one', () => {
    const text = readFileSync('fixtures/models/planted-induction/circuit.json', 'utf8');
    expect(writeCircuit(readCircuit(text, 'circuit.json'))).toBe(text);
  });
});
