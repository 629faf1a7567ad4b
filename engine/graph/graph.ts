/** A program as an immutable list of definitions. Built by GraphBuilder, never changed afterwards. */
import type { Attributes, PrimitiveName } from './primitives.ts';
import type { Value, ValueType } from './value.ts';

export type Definition = Input | Parameter | Constant | Operation;

/** Fed at every run. */
export interface Input {
  readonly kind: 'input';
  readonly name: string;
  readonly type: ValueType;
}

/** A weight: how it is stored (16-bit, quantised, external file, or fed as an input) is decided when the graph is lowered. */
export interface Parameter {
  readonly kind: 'parameter';
  readonly name: string;
  readonly type: ValueType;
}

export interface Constant {
  readonly kind: 'constant';
  readonly type: ValueType;
  readonly data: readonly number[];
}

/** One operation; `inputs` are ids of earlier definitions. */
export type Operation = { readonly [P in PrimitiveName]: OperationOf<P> }[PrimitiveName];

export interface OperationOf<P extends PrimitiveName> {
  readonly kind: 'operation';
  readonly primitive: P;
  readonly attributes: Attributes[P];
  readonly inputs: readonly number[];
  readonly type: ValueType;
}

export interface Graph {
  readonly name: string;
  /** In an order in which every operation comes after its inputs; a value's id is its index here. */
  readonly definitions: readonly Definition[];
  /** Name -> value, in the order in which they were marked. */
  readonly outputs: ReadonlyMap<string, Value>;
}

export function inputsOf(graph: Graph): Input[] {
  return graph.definitions.filter((definition) => definition.kind === 'input');
}

export function parametersOf(graph: Graph): Parameter[] {
  return graph.definitions.filter((definition) => definition.kind === 'parameter');
}

/** Ids of the definitions that the outputs need. */
export function neededBy(graph: Graph): Set<number> {
  const needed = new Set([...graph.outputs.values()].map(({ id }) => id));
  for (let id = graph.definitions.length - 1; id >= 0; id--) {
    const definition = graph.definitions[id];
    if (needed.has(id) && definition?.kind === 'operation') definition.inputs.forEach((input) => needed.add(input));
  }
  return needed;
}
