/** What a ranking is held against: the nodes that count as the circuit. */
import type { NodeId } from '../../terms/nodes.ts';

export interface Reference {
  readonly id: string;
  readonly title: string;
  /** Each is one item that counts as in the circuit, with the highest score of its nodes: heads that act jointly are one. */
  readonly items: readonly (readonly NodeId[])[];
  /** Count neither as in the circuit nor as outside it. */
  readonly ignored: readonly NodeId[];
  readonly note: string | null;
}

/** One item that is ranked. Null: no score. */
export interface Graded {
  readonly score: number | null;
  readonly isIn: boolean;
}

/** The items of a reference, then every other node by itself. */
export function graded(
  nodes: readonly NodeId[],
  scores: readonly (number | null)[],
  { items, ignored }: Pick<Reference, 'items' | 'ignored'>,
): readonly Graded[] {
  const scoreOf = new Map(nodes.map((node, i) => [node, scores[i] ?? null]));
  const elsewhere = new Set([...items.flat(), ...ignored]);
  return [
    ...items.map((own) => ({ score: highest(own.map((node) => scoreOf.get(node) ?? null)), isIn: true })),
    ...nodes.filter((node) => !elsewhere.has(node)).map((node) => ({ score: scoreOf.get(node) ?? null, isIn: false })),
  ];
}

/** Can rankings be held against it at all? Both kinds of node must be there. */
export function canGrade(nodes: readonly NodeId[], { items, ignored }: Pick<Reference, 'items' | 'ignored'>): boolean {
  return items.length > 0 && nodes.length > items.flat().length + ignored.length;
}

function highest(scores: readonly (number | null)[]): number | null {
  return scores.reduce<number | null>(
    (best, score) => (score !== null && (best === null || score > best) ? score : best),
    null,
  );
}
