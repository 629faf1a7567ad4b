/** Is a graph well formed? The builder only makes such graphs; what comes from elsewhere (a gradient, a rewrite) is checked here. */
import type { Definition, Graph, Operation } from './graph.ts';
import type { Attributes, PrimitiveName } from './primitives.ts';
import { shapeOf } from './table.ts';
import { printType } from './value.ts';

/** Throws RangeError that names the graph and the definition: inputs come earlier, types are what the table says, names are unique. */
export function checkGraph(graph: Graph): void {
  const names = new Set<string>();
  graph.definitions.forEach((definition, id) => {
    const fault = faultOf(definition, id, graph, names);
    if (fault !== null) throw new RangeError(`graph ${graph.name}, definition ${id}: ${fault}`);
    if ('name' in definition) names.add(definition.name);
  });
  for (const [name, { id, type }] of graph.outputs) {
    const definition = graph.definitions[id];
    if (definition === undefined || printType(definition.type) !== printType(type)) {
      throw new RangeError(
        `graph ${graph.name}, output ${name}: expected a definition of ${printType(type)}, got ${definition === undefined ? 'none' : printType(definition.type)}`,
      );
    }
    if (names.has(name))
      throw new RangeError(`graph ${graph.name}, output ${name}: expected a name of its own, got an input's`);
  }
}

function faultOf(definition: Definition, id: number, graph: Graph, names: ReadonlySet<string>): string | null {
  switch (definition.kind) {
    case 'input':
    case 'parameter':
      return names.has(definition.name) ? `expected unique names, got ${definition.name} twice` : null;
    case 'constant':
      return constantFault(definition);
    case 'operation':
      return operationFault(definition, id, graph);
  }
}

function constantFault({ type, data }: Definition & { readonly kind: 'constant' }): string | null {
  const count = type.axes.reduce((product, { size }) => (size === 'dynamic' ? NaN : product * size), 1);
  return count === data.length ? null : `expected ${printType(type)}, got ${data.length} values`;
}

function operationFault(operation: Operation, id: number, graph: Graph): string | null {
  const late = operation.inputs.find((input) => !Number.isInteger(input) || input < 0 || input >= id);
  if (late !== undefined) return `expected inputs that come earlier, got ${late}`;
  const types = operation.inputs.map((input) => (graph.definitions[input] as Definition).type);
  const expected = shapeOf(operation.primitive, operation.attributes as Attributes[PrimitiveName], types);
  if (printType(expected) === printType(operation.type)) return null;
  return `${operation.primitive}: expected ${printType(expected)}, got ${printType(operation.type)}`;
}
