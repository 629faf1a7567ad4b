/** Nodes as rows: what the chosen method gives each, and at which rank every method has it. */
import { measures } from '../../../engine/terms/measures.ts';
import { parseNode } from '../../../engine/terms/nodes.ts';
import type { CircuitHeader, CircuitRanking } from '../../../engine/results/circuitBench.ts';
import type { HeadRef } from '../../../engine/results/units.ts';
import type { HeadShape } from '../../marks/headShape.ts';
import { indexOf } from '../../marks/headShape.ts';
import type { CircuitView } from './circuitRows.ts';
import { rankedMethods, rankingOf } from './circuitRows.ts';
import type { NodeOrder } from './faithfulLines.ts';

export interface NodeRow {
  /** `L9H6`, `L9MLP` */
  readonly node: string;
  /** Its cell, as marks number them. */
  readonly cell: number;
  /** Null for an MLP. */
  readonly head: HeadRef | null;
  /** NaN where the method says nothing. */
  readonly score: number;
  readonly signed: number;
  readonly z: number;
  /** Of each method, from 1; ties share the mean of their ranks. NaN where it says nothing. */
  readonly ranks: Readonly<Record<string, number>>;
  /** References that have it. */
  readonly references: readonly string[];
}

export function nodeRows(view: CircuitView, method: string, shape: HeadShape): readonly NodeRow[] {
  const chosen = rankingOf(view, method);
  const ranks = rankedMethods(view).map((id) => [id, ranksOf(rankingOf(view, id)?.scores ?? [])] as const);
  return view.header.nodes.map((node, i) => ({
    ...{ node, cell: cellOfNode(node, shape), head: headOfNode(node) },
    score: chosen?.scores[i] ?? NaN,
    signed: chosen?.signed?.[i] ?? NaN,
    z: chosen?.z?.[i] ?? NaN,
    ranks: Object.fromEntries(ranks.map(([id, list]) => [id, list[i] ?? NaN])),
    references: view.header.references.filter(({ nodes }) => nodes.includes(node)).map(({ id }) => id),
  }));
}

/** From 1 for the highest. Ties share the mean of their ranks; NaN for null. */
export function ranksOf(scores: readonly (number | null)[]): readonly number[] {
  return scores.map((score) => {
    if (score === null) return NaN;
    const above = scores.filter((other) => other !== null && other > score).length;
    const equal = scores.filter((other) => other === score).length;
    return above + (equal + 1) / 2;
  });
}

export function headOfNode(id: string): HeadRef | null {
  const node = parseNode(id);
  return node?.kind === 'head' ? { layer: node.layer, head: node.head } : null;
}

function cellOfNode(id: string, shape: HeadShape): number {
  const node = parseNode(id);
  return node?.kind === 'head' || node?.kind === 'mlp' ? indexOf(shape, node) : -1;
}

/**
 * Surest first: by score, or by how much a node helps, which is what its removal costs. Nodes of which the method says nothing
 * are left out. Equal ones come as the run drew them, so that the best k are those of its curve.
 */
export function orderedNodes(
  { nodes, drawn = nodes, metricId }: Pick<CircuitHeader, 'nodes' | 'drawn' | 'metricId'>,
  { scores, signed }: Pick<CircuitRanking, 'scores' | 'signed'>,
  order: NodeOrder,
): readonly string[] {
  const helps = measures[metricId].better === 'higher' ? -1 : 1;
  const values = new Map(
    nodes.flatMap((node, i) => {
      const score = scores[i] ?? null;
      if (score === null) return [];
      return [[node, signed === null || order === 'absolute' ? score : helps * (signed[i] ?? 0)] as const];
    }),
  );
  // Array.sort keeps the drawn order of equals.
  return drawn.filter((node) => values.has(node)).sort((a, b) => (values.get(b) ?? 0) - (values.get(a) ?? 0));
}
