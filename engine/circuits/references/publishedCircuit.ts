import type { Circuit } from '../../results/circuit.ts';
import type { NodeId } from '../../terms/nodes.ts';
import type { Reference } from '../evaluation/graded.ts';

/** A published list of heads, each by itself as its authors graded; nodes that are not ranked are left out, and the note says so. */
export function publishedCircuit(
  { id, title, circuit }: { readonly id: string; readonly title: string; readonly circuit: Circuit },
  nodes: readonly NodeId[],
  notes: readonly string[],
): Reference {
  const ranked = new Set(nodes);
  const own = circuit.nodes.map((node) => node.id);
  const items = own.filter((node) => ranked.has(node)).map((node) => [node]);
  const left = own.length - items.length;
  const all = left === 0 ? notes : [`${left} of its nodes are not ranked here`, ...notes];
  return { id, title, items, ignored: [], note: all.length === 0 ? null : all.join('; ') };
}
