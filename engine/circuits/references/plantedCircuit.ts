/**
 * A planted model's own circuit as what rankings are held against. Two rules keep single nodes from being asked for what no
 * measure of single nodes can see; both are read off the effects that the file states.
 *
 *   backup    A node that alone has no effect, and whose removal together with another one has more than the other's, acts only
 *             where that other is gone. It counts jointly with it: both are one item, with the higher of their scores.
 *   constant  A node that has no effect when its mean or its counterfactual value replaces it writes the same in every prompt.
 *             Only zero ablation finds it, so it counts neither as in the circuit nor as outside it.
 */
import type { Circuit, ExpectedEffect } from '../../results/circuit.ts';
import type { NodeId } from '../../terms/nodes.ts';
import type { Reference } from '../evaluation/graded.ts';

/** `nodes`: all that are ranked; those of the circuit beyond them are left out. */
export function plantedCircuit(circuit: Circuit, nodes: readonly NodeId[]): Reference {
  const ranked = new Set(nodes);
  const own = circuit.nodes.map(({ id }) => id).filter((id) => ranked.has(id));
  const effects = (circuit.expected ?? []).filter(isOfNodes);
  const ignored = own.filter((node) => isConstant(node, effects));
  const movers = new Map(own.map((node) => [node, ignored.includes(node) ? null : moverOf(node, effects)] as const));
  const items = own
    .filter((node) => !ignored.includes(node) && (movers.get(node) ?? null) === null)
    .map((node) => [node, ...own.filter((other) => movers.get(other) === node)]);
  return {
    ...{ id: 'planted', title: `planted circuit of ${circuit.model.name}`, items, ignored },
    note: [
      ...notesOf(movers),
      ...ignored.map((node) => `${node} writes the same in every prompt and counts neither way`),
    ]
      .join('; ')
      .replace(/^$/, 'exact: every other node was made to do nothing'),
  };
}

type NodeEffect = Omit<ExpectedEffect, 'remove' | 'effect'> & {
  readonly remove: readonly NodeId[];
  readonly effect: { readonly value: number; readonly tolerance: number };
};

function isOfNodes(stated: ExpectedEffect): stated is NodeEffect {
  return stated.remove.every((part) => typeof part === 'string') && 'value' in stated.effect;
}

function isConstant(node: NodeId, effects: readonly NodeEffect[]): boolean {
  return effects.some(
    ({ remove, ablation, effect }) =>
      remove.length === 1 && remove[0] === node && ablation === 'resample' && isNone(effect.value, effect.tolerance),
  );
}

/** The node that this one stands in for; null where it has an effect of its own. */
function moverOf(node: NodeId, effects: readonly NodeEffect[]): NodeId | null {
  const alone = effects.find(({ remove }) => remove.length === 1 && remove[0] === node);
  if (alone === undefined || !isNone(alone.effect.value, alone.effect.tolerance)) return null;
  for (const both of effects) {
    const mover = both.remove.find((other) => other !== node);
    if (both.remove.length !== 2 || !both.remove.includes(node) || mover === undefined) continue;
    const single = effects.find(
      ({ remove, ablation }) => remove.length === 1 && remove[0] === mover && ablation === both.ablation,
    );
    if (single !== undefined && !isNone(both.effect.value - single.effect.value, both.effect.tolerance)) return mover;
  }
  return null;
}

function isNone(value: number, tolerance: number): boolean {
  return Math.abs(value) <= tolerance;
}

function notesOf(movers: ReadonlyMap<NodeId, NodeId | null>): readonly string[] {
  return [...movers].flatMap(([node, mover]) =>
    mover === null ? [] : [`${node} acts only without ${mover}: both count as one, with the higher of their scores`],
  );
}
