/** The reference: a graph computed in float64 by the table's slow and obvious evaluations. */
import type { Tensor, TensorData } from '../tensor/tensor.ts';
import { describeAxes } from '../tensor/tensor.ts';
import type { Dense } from './dense.ts';
import { dense } from './dense.ts';
import type { Definition, Graph, Operation } from './graph.ts';
import { neededBy } from './graph.ts';
import type { Primitive } from './primitive.ts';
import type { PrimitiveName } from './primitives.ts';
import { primitives } from './table.ts';
import type { ValueType } from './value.ts';
import { printType } from './value.ts';

type Feeds = ReadonlyMap<string, Tensor<TensorData>>;

/** Outputs by name. `feeds` holds a tensor for every input and parameter that they need, with the axes of its definition. */
export function evaluate(graph: Graph, feeds: Feeds): Map<string, Dense> {
  const steps = evaluation(graph, feeds);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** The same, one operation a step: whoever takes the steps may do something else between them. */
export function* evaluation(graph: Graph, feeds: Feeds): Generator<void, Map<string, Dense>, void> {
  const values = new Map<number, Dense>();
  const needed = neededBy(graph);
  for (const [id, definition] of graph.definitions.entries()) {
    if (!needed.has(id)) continue;
    values.set(id, evaluateDefinition(definition, values, feeds));
    yield;
  }
  return new Map([...graph.outputs].map(([name, { id }]) => [name, values.get(id) as Dense]));
}

function evaluateDefinition(definition: Definition, values: ReadonlyMap<number, Dense>, feeds: Feeds): Dense {
  switch (definition.kind) {
    case 'input':
    case 'parameter':
      return fed(definition.name, definition.type, feeds);
    case 'constant':
      return dense(fixedAxes(definition.type), Float64Array.from(definition.data));
    case 'operation':
      return evaluateOperation(definition, values);
  }
}

function evaluateOperation(operation: Operation, values: ReadonlyMap<number, Dense>): Dense {
  const row = primitives[operation.primitive] as Primitive<PrimitiveName>;
  return row.evaluate(
    operation.attributes as never,
    operation.inputs.map((id) => values.get(id) as Dense),
    operation.type,
  );
}

function fixedAxes(type: ValueType) {
  return type.axes.map(({ axis, size }) => {
    if (size === 'dynamic') throw new RangeError(`evaluate: expected a constant of fixed size, got ${printType(type)}`);
    return { axis, size };
  });
}

function fed(name: string, type: ValueType, feeds: Feeds): Dense {
  const value = feeds.get(name);
  if (value === undefined) throw new RangeError(`evaluate: expected a value for ${name}, got none`);
  const fits =
    value.axes.length === type.axes.length &&
    type.axes.every(({ axis, size }, i) => {
      const given = value.axes[i];
      return given?.axis === axis && (size === 'dynamic' || size === given.size);
    });
  if (!fits) throw new RangeError(`evaluate: ${name}: expected ${printType(type)}, got ${describeAxes(value.axes)}`);
  return dense(value.axes, asFloats(value.data));
}

function asFloats(data: TensorData): Dense['data'] {
  if (data instanceof Float64Array || data instanceof Float32Array) return data;
  return Float64Array.from(data as ArrayLike<number | bigint>, Number);
}
