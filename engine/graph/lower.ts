/** A graph as an ONNX model for ONNX Runtime (opset 23 and com.microsoft). */
import type { AxisSize, DType, Value, ValueType } from './value.ts';
import type { Definition, Graph, Operation } from './graph.ts';
import type { Fusion } from './fusions.ts';
import { fusionAt } from './fusions.ts';
import { inputsOf, parametersOf } from './graph.ts';
import { Lowering } from './lowering.ts';
import type { OnnxDimension } from './onnxWriter.ts';
import { OnnxWriter } from './onnxWriter.ts';
import type { Primitive } from './primitive.ts';
import type { PrimitiveName } from './primitives.ts';
import type { ParameterStorage } from './storage.ts';
import { primitives } from './table.ts';
import type { View } from './view.ts';
import { plainView } from './view.ts';

export type { ExternalBytes } from './onnxWriter.ts';
export type { ParameterStorage } from './storage.ts';

export interface LowerOptions {
  readonly storage: (parameter: string) => ParameterStorage;
}

/** What is fed or read at the border: exactly these axes, as dimensions. */
export interface Port {
  readonly name: string;
  readonly dtype: DType;
  readonly axes: readonly AxisSize[];
}

export interface LoweredProgram {
  /** ONNX ModelProto. */
  readonly model: Uint8Array;
  /** The graph's inputs, then its parameters that are stored as inputs. */
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}

/**
 * Only what the outputs need is written. Throws RangeError for a bool input or output:
 * float32 and int64 are the types that cross the border.
 */
export function lower(graph: Graph, { storage }: LowerOptions): LoweredProgram {
  const writer = new OnnxWriter(graph.name);
  const fedParameters = parametersOf(graph).filter(({ name }) => storage(name).kind === 'input');
  const inputs = [...inputsOf(graph), ...fedParameters].map(({ name, type }) => port(name, type));
  const outputs = [...graph.outputs].map(([name, { type }]) => port(name, type));
  for (const { name, dtype, axes } of inputs) writer.input(name, dtype, dimensions(name, axes));
  writeOutputs(graph, outputs, new Lowering(writer, storage), writer);
  return { model: writer.model(), inputs, outputs };
}

function writeOutputs(graph: Graph, outputs: readonly Port[], to: Lowering, writer: OnnxWriter): void {
  const views = lowerDefinitions(graph, to);
  const tensors = outputs.map(({ name }) => to.plain(views.get((graph.outputs.get(name) as Value).id) as View));
  outputs.forEach(({ name, dtype, axes }, i) => {
    const dims = axes.map(({ size }) => (size === 'dynamic' ? null : size));
    writer.output(name, dtype, dims, tensors[i] as string);
  });
}

function lowerDefinitions(graph: Graph, to: Lowering): Map<number, View> {
  const views = new Map<number, View>();
  const { needed, fusions } = plan(graph);
  graph.definitions.forEach((definition, id) => {
    if (needed.has(id)) views.set(id, lowerDefinition(definition, fusions.get(id) ?? null, views, to));
  });
  return views;
}

/** What the outputs need, from the last definition back: a fusion needs its own inputs, not what lies between. */
function plan(graph: Graph): { readonly needed: ReadonlySet<number>; readonly fusions: ReadonlyMap<number, Fusion> } {
  const needed = new Set([...graph.outputs.values()].map(({ id }) => id));
  const fusions = new Map<number, Fusion>();
  for (let id = graph.definitions.length - 1; id >= 0; id--) {
    const definition = graph.definitions[id] as Definition;
    if (!needed.has(id) || definition.kind !== 'operation') continue;
    const fusion = fusionAt(graph, id);
    if (fusion !== null) fusions.set(id, fusion);
    (fusion ?? definition).inputs.forEach((input) => needed.add(input));
  }
  return { needed, fusions };
}

function lowerDefinition(
  definition: Definition,
  fusion: Fusion | null,
  views: ReadonlyMap<number, View>,
  to: Lowering,
): View {
  switch (definition.kind) {
    case 'input':
      return plainView({ kind: 'tensor', name: definition.name }, definition.type);
    case 'parameter':
      return plainView({ kind: 'parameter', parameter: definition }, definition.type);
    case 'constant':
      return plainView({ kind: 'constant', constant: definition }, definition.type);
    case 'operation':
      return lowerOperation(definition, fusion, views, to);
  }
}

function lowerOperation(
  operation: Operation,
  fusion: Fusion | null,
  views: ReadonlyMap<number, View>,
  to: Lowering,
): View {
  const inputs = (fusion ?? operation).inputs.map((id) => views.get(id) as View);
  if (fusion !== null) return fusion.lower(to, inputs, operation.type);
  const row = primitives[operation.primitive] as Primitive<PrimitiveName>;
  return row.lower(to, inputs, operation.type, operation.attributes as never);
}

function port(name: string, { dtype, axes }: ValueType): Port {
  if (dtype === 'bool') throw new RangeError(`lower: ${name}: expected float32 or int64 at the border, got bool`);
  return { name, dtype, axes };
}

// Every dynamic dimension has its own name: two axes of one letter may differ, where one of them is 1 and stretches.
function dimensions(name: string, axes: readonly AxisSize[]): OnnxDimension[] {
  return axes.map(({ axis, size }) => (size === 'dynamic' ? `${name}.${axis}` : size));
}
