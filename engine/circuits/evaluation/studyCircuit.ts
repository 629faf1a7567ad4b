/**
 * Is a circuit complete, and is every node of it needed? Wang et al. 2023 (arXiv 2211.00593), section 4, over a bounded number
 * of sets K. F is the mean metric, M the model, C the circuit.
 *
 *   completeness   |F(C without K) - F(M without K)| should be small for every K in C: what stands in for K must be in C too
 *   minimality     |F(C without K) - F(C without K and v)| should be large for every node v with some K
 *
 * Sets K: none; random halves of C; and one grown greedily, each step by the node, of a few drawn ones, that makes the circuit
 * most incomplete. For minimality of v, K is none and the greedy one without v.
 */
import type { Random } from '../../tensor/random.ts';
import type { NodeId } from '../../terms/nodes.ts';

export interface StudyRequest {
  readonly nodes: readonly NodeId[];
  readonly circuit: readonly NodeId[];
  readonly random: Random;
  /** F with each of these sets replaced. */
  metricWithout(sets: readonly (readonly NodeId[])[]): Promise<readonly number[]>;
}

export interface Study {
  readonly incompleteness: { readonly mean: number; readonly largest: number; readonly sets: number };
  /** Smallest first. */
  readonly minimality: readonly { readonly node: NodeId; readonly value: number }[];
}

const studySizes = { halves: 4, greedySteps: 3, candidates: 5 } as const;

export async function studyCircuit(request: StudyRequest): Promise<Study> {
  const halves = Array.from({ length: studySizes.halves }, () => drawHalf(request));
  const found = await incompleteness(request, [[], ...halves]);
  const greedy = await growGreedily(request);
  const all = [...found, ...greedy.found];
  return {
    incompleteness: {
      mean: all.reduce((sum, value) => sum + value, 0) / all.length,
      largest: Math.max(...all),
      sets: all.length,
    },
    minimality: await minimality(request, greedy.chosen),
  };
}

/** |F(C without K) - F(M without K)| of each K. */
async function incompleteness(request: StudyRequest, sets: readonly (readonly NodeId[])[]): Promise<number[]> {
  const ofCircuit = await request.metricWithout(sets.map((set) => outside(request, set)));
  const ofModel = await request.metricWithout(sets);
  return ofCircuit.map((value, i) => Math.abs(value - (ofModel[i] ?? NaN)));
}

/** All but C without K. */
function outside({ nodes, circuit }: StudyRequest, set: readonly NodeId[]): readonly NodeId[] {
  const kept = new Set(circuit);
  set.forEach((node) => kept.delete(node));
  return nodes.filter((node) => !kept.has(node));
}

function drawHalf({ circuit, random }: StudyRequest): readonly NodeId[] {
  return random.shuffled(circuit).slice(0, Math.ceil(circuit.length / 2));
}

async function growGreedily(
  request: StudyRequest,
): Promise<{ readonly chosen: readonly NodeId[]; readonly found: readonly number[] }> {
  let chosen: readonly NodeId[] = [];
  const found: number[] = [];
  for (let step = 0; step < studySizes.greedySteps; step++) {
    const left = request.circuit.filter((node) => !chosen.includes(node));
    // The last node would leave the empty circuit, which is no set of nodes to ask about.
    if (left.length < 2) break;
    const sets = request.random
      .shuffled(left)
      .slice(0, studySizes.candidates)
      .map((node) => [...chosen, node]);
    const values = await incompleteness(request, sets);
    found.push(...values);
    chosen = sets[values.indexOf(Math.max(...values))] ?? chosen;
  }
  return { chosen, found };
}

async function minimality(request: StudyRequest, greedy: readonly NodeId[]): Promise<Study['minimality']> {
  const pairs = request.circuit.flatMap((node) => {
    const rest = greedy.filter((other) => other !== node);
    return (rest.length === 0 ? [[]] : [[], rest]).map((set) => ({ node, set }));
  });
  const without = await request.metricWithout(pairs.map(({ set }) => outside(request, set)));
  const alsoWithout = await request.metricWithout(pairs.map(({ node, set }) => outside(request, [...set, node])));
  const best = new Map<NodeId, number>();
  pairs.forEach(({ node }, i) => {
    const value = Math.abs((without[i] ?? NaN) - (alsoWithout[i] ?? NaN));
    best.set(node, Math.max(best.get(node) ?? 0, value));
  });
  return [...best].map(([node, value]) => ({ node, value })).sort((a, b) => a.value - b.value);
}
