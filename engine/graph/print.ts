/** A graph as text, one line per definition: `%4 = contract(%2, w.q) axes=[B P N H] : float32[B ?, P ?, N 9, H 64]`. */
import type { Definition, Graph, Operation } from './graph.ts';
import { printType } from './value.ts';

export function printGraph(graph: Graph): string {
  const lines = graph.definitions.map((definition, id) => `  ${printDefinition(definition, id, graph)}`);
  const outputs = [...graph.outputs].map(([name, { id }]) => `  ${name} <- ${reference(graph, id)}`);
  return [`graph ${graph.name}`, ...lines, 'outputs', ...outputs].join('\n');
}

function printDefinition(definition: Definition, id: number, graph: Graph): string {
  const type = printType(definition.type);
  switch (definition.kind) {
    case 'input':
    case 'parameter':
      return `${definition.kind} ${definition.name} : ${type}`;
    case 'constant':
      return `%${id} = constant ${printData(definition.data)} : ${type}`;
    case 'operation':
      return `%${id} = ${printOperation(definition, graph)} : ${type}`;
  }
}

function printOperation({ primitive, inputs, attributes }: Operation, graph: Graph): string {
  const call = `${primitive}(${inputs.map((id) => reference(graph, id)).join(', ')})`;
  return [call, ...Object.entries(attributes).map(([name, value]) => `${name}=${printAttribute(value)}`)].join(' ');
}

/** A named definition by its name, a single number as itself, anything else by its id. */
function reference(graph: Graph, id: number): string {
  const definition = graph.definitions[id];
  if (definition?.kind === 'input' || definition?.kind === 'parameter') return definition.name;
  if (definition?.kind === 'constant' && definition.type.axes.length === 0) return String(definition.data[0]);
  return `%${id}`;
}

const longestData = 8;

function printData(data: readonly number[]): string {
  const shown = data.slice(0, longestData).join(', ');
  return data.length > longestData ? `[${shown}, .. ${data.length} values]` : `[${shown}]`;
}

function printAttribute(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(printAttribute).join(' ')}]`;
  if (typeof value === 'object' && value !== null) {
    const { axis, size, ...rest } = value as Readonly<Record<string, unknown>>;
    if (axis !== undefined) return `${String(axis)}:${size === 'dynamic' ? '?' : String(size)}`;
    return JSON.stringify(rest);
  }
  return String(value);
}
