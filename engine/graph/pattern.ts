/** Finds small expressions in a graph, whichever way round their sums and products are written. */
import type { Definition, Graph } from './graph.ts';
import type { PrimitiveName } from './primitives.ts';

/** Definitions and numbers by the name that the pattern gives them. */
export interface Match {
  readonly values: Readonly<Record<string, number>>;
  readonly numbers: Readonly<Record<string, number>>;
  readonly attributes: Readonly<Record<string, unknown>>;
}

export type Pattern = (graph: Graph, id: number, match: Match) => Match | null;

export const noMatch: Match = { values: {}, numbers: {}, attributes: {} };

const commutative: ReadonlySet<PrimitiveName> = new Set<PrimitiveName>(['add', 'multiply']);

/** Any definition; the same name means the same definition everywhere in the pattern. */
export function value(name: string): Pattern {
  return (_, id, match) => {
    const known = match.values[name];
    if (known !== undefined) return known === id ? match : null;
    return { ...match, values: { ...match.values, [name]: id } };
  };
}

/** A scalar constant; `expected` to float32 precision where it is given. */
export function scalar(name: string, expected?: number): Pattern {
  return (graph, id, match) => {
    const number = scalarOf(graph.definitions[id]);
    if (number === null) return null;
    if (expected !== undefined && Math.abs(number - expected) > 1e-6 * Math.abs(expected)) return null;
    return { ...match, numbers: { ...match.numbers, [name]: number } };
  };
}

function scalarOf(definition: Definition | undefined): number | null {
  if (definition?.kind !== 'constant' || definition.type.axes.length > 0) return null;
  return definition.data[0] ?? null;
}

/**
 * An operation on operands that match. Its attributes are kept under the primitive's name:
 * where a pattern has a primitive twice, both must have the same.
 */
export function operation(primitive: PrimitiveName, ...operands: readonly Pattern[]): Pattern {
  return (graph, id, match) => {
    const definition = graph.definitions[id];
    if (definition?.kind !== 'operation' || definition.primitive !== primitive) return null;
    const known = match.attributes[primitive] ?? definition.attributes;
    if (JSON.stringify(known) !== JSON.stringify(definition.attributes)) return null;
    const inputs = definition.inputs;
    const kept = { ...match, attributes: { ...match.attributes, [primitive]: definition.attributes } };
    const straight = matchAll(graph, inputs, operands, kept);
    if (straight !== null || !commutative.has(primitive)) return straight;
    return matchAll(graph, [...inputs].reverse(), operands, kept);
  };
}

export function either(...patterns: readonly Pattern[]): Pattern {
  return (graph, id, match) => {
    for (const pattern of patterns) {
      const found = pattern(graph, id, match);
      if (found !== null) return found;
    }
    return null;
  };
}

function matchAll(graph: Graph, ids: readonly number[], operands: readonly Pattern[], match: Match): Match | null {
  if (ids.length !== operands.length) return null;
  return operands.reduce<Match | null>((found, operand, i) => found && operand(graph, ids[i] as number, found), match);
}
