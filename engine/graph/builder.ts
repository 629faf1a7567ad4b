/** Builds a Graph: one method per primitive, shapes checked as it goes, plus the few composites that every model uses. */
import type { Axis, AxisList } from '../terms/axes.ts';
import type { Definition, Graph, Operation } from './graph.ts';
import type { Attributes, PrimitiveName } from './primitives.ts';
import { shapeOf } from './table.ts';
import type { AxisSize, DType, Size, Value } from './value.ts';
import { parseAxes } from './value.ts';

/** Sizes of the axes that are fixed in a graph; every other axis is dynamic. */
export type Sizes = Partial<Record<Axis, number>>;

type Operand = Value | number;

export class GraphBuilder {
  readonly #name: string;
  readonly #sizes: Sizes;
  readonly #definitions: Definition[] = [];
  readonly #named = new Map<string, Value>();
  readonly #outputs = new Map<string, Value>();

  constructor(name: string, sizes: Sizes) {
    this.#name = name;
    this.#sizes = sizes;
  }

  /** A builder that goes on from a graph: its definitions keep their ids, its outputs stay marked (those that `keeps` says). */
  static from(graph: Graph, name: string, keeps: (output: string) => boolean = () => true): GraphBuilder {
    const builder = new GraphBuilder(name, {});
    graph.definitions.forEach((definition, id) => {
      builder.#define(definition);
      if ('name' in definition)
        builder.#named.set(`${definition.kind} ${definition.name}`, { id, type: definition.type });
    });
    graph.outputs.forEach((value, output) => {
      if (keeps(output)) builder.output(output, value);
    });
    return builder;
  }

  // Sources.

  /** An input; the same name gives the same value. `sizes` overrides the graph's (an edit's axes are all dynamic). */
  input(name: string, axes: AxisList, dtype: DType = 'float32', sizes: Sizes | 'dynamic' = this.#sizes): Value {
    return this.#source({ kind: 'input', name, type: { dtype, axes: this.axes(axes, sizes) } });
  }

  /** A weight; the same name gives the same value. */
  parameter(name: string, axes: AxisList, sizes: Sizes = {}): Value {
    return this.#source({
      kind: 'parameter',
      name,
      type: { dtype: 'float32', axes: this.axes(axes, { ...this.#sizes, ...sizes }) },
    });
  }

  /** A number, or a small tensor of fixed size in row-major order. */
  constant(data: number | readonly number[], axes: AxisList = '', sizes: Sizes = this.#sizes): Value {
    const values = typeof data === 'number' ? [data] : [...data];
    return this.#define({ kind: 'constant', data: values, type: { dtype: 'float32', axes: this.axes(axes, sizes) } });
  }

  // Elementwise.

  add = (a: Operand, b: Operand) => this.#binary('add', a, b);
  subtract = (a: Operand, b: Operand) => this.#binary('subtract', a, b);
  multiply = (a: Operand, b: Operand) => this.#binary('multiply', a, b);
  divide = (a: Operand, b: Operand) => this.#binary('divide', a, b);
  maximum = (a: Operand, b: Operand) => this.#binary('maximum', a, b);
  minimum = (a: Operand, b: Operand) => this.#binary('minimum', a, b);
  less = (a: Operand, b: Operand) => this.#binary('less', a, b);
  equal = (a: Operand, b: Operand) => this.#binary('equal', a, b);
  where = (condition: Value, a: Operand, b: Operand) =>
    this.#operation('where', {}, [condition, this.#value(a), this.#value(b)]);

  negate = (x: Value) => this.#operation('negate', {}, [x]);
  exp = (x: Value) => this.#operation('exp', {}, [x]);
  log = (x: Value) => this.#operation('log', {}, [x]);
  sqrt = (x: Value) => this.#operation('sqrt', {}, [x]);
  tanh = (x: Value) => this.#operation('tanh', {}, [x]);
  erf = (x: Value) => this.#operation('erf', {}, [x]);
  sigmoid = (x: Value) => this.#operation('sigmoid', {}, [x]);
  relu = (x: Value) => this.#operation('relu', {}, [x]);
  abs = (x: Value) => this.#operation('abs', {}, [x]);
  sin = (x: Value) => this.#operation('sin', {}, [x]);
  cos = (x: Value) => this.#operation('cos', {}, [x]);
  power = (x: Value, exponent: number) => this.#operation('power', { exponent }, [x]);
  toFloat = (x: Value) => this.#operation('toFloat', {}, [x]);
  stopGradient = (x: Value) => this.#operation('stopGradient', {}, [x]);
  step = (x: Value, slope: Attributes['step']['slope']) => this.#operation('step', { slope }, [x]);

  // Products and reductions.

  contract = (a: Value, b: Value, axes: AxisList) => this.#operation('contract', { axes: parseAxes(axes) }, [a, b]);
  sum = (x: Value, over: AxisList) => this.#operation('sum', { over: parseAxes(over) }, [x]);
  mean = (x: Value, over: AxisList) => this.#operation('mean', { over: parseAxes(over) }, [x]);
  max = (x: Value, over: AxisList) => this.#operation('max', { over: parseAxes(over) }, [x]);
  softmax = (x: Value, over: Axis) => this.#operation('softmax', { over }, [x]);
  logSoftmax = (x: Value, over: Axis) => this.#operation('logSoftmax', { over }, [x]);

  // Ranking.

  largest = (x: Value, over: AxisList, count: number) =>
    this.#operation('largest', { over: parseAxes(over), count }, [x]);
  argMax = (x: Value, over: Axis) => this.#operation('argMax', { over }, [x]);

  // Indexing.

  gather = (table: Value, ids: Value, axis: Axis) => this.#operation('gather', { axis }, [table, ids]);
  pick = (x: Value, ids: Value, axis: Axis) => this.#operation('pick', { axis }, [x, ids]);
  scatterRows = (ids: Value, values: Value, axis: Axis, size: number) =>
    this.#operation('scatterRows', { axis, size }, [ids, values]);
  oneHot = (ids: Value, axis: Axis, size: number) => this.#operation('oneHot', { axis, size }, [ids]);

  // Shape.

  transpose = (x: Value, axes: AxisList) => this.#operation('transpose', { axes: parseAxes(axes) }, [x]);
  /** Sizes of the new axes come from the graph's, unless given. */
  split = (x: Value, axis: Axis, into: AxisList, sizes: Sizes = this.#sizes) =>
    this.#operation('split', { axis, into: this.axes(into, sizes) }, [x]);
  merge = (x: Value, axes: AxisList, into: Axis) => this.#operation('merge', { axes: parseAxes(axes), into }, [x]);
  rename = (x: Value, from: Axis, to: Axis) => this.#operation('rename', { from, to }, [x]);
  slice = (x: Value, axis: Axis, from: number, to: number) => this.#operation('slice', { axis, from, to }, [x]);
  pad = (x: Value, axis: Axis, before: number, after: number) => this.#operation('pad', { axis, before, after }, [x]);
  concat = (parts: readonly Value[], axis: Axis) => this.#operation('concat', { axis }, parts);
  part = (x: Value, operands: readonly Value[], axis: Axis, index: number) =>
    this.#operation('part', { axis, index }, [x, ...operands]);
  squeeze = (x: Value, axis: Axis) => this.#operation('squeeze', { axis }, [x]);
  unsqueeze = (x: Value, axis: Axis) => this.#operation('unsqueeze', { axis }, [x]);
  broadcastLike = (x: Value, like: Value) => this.#operation('broadcastLike', {}, [x, like]);
  reduceLike = (x: Value, like: Value) => this.#operation('reduceLike', {}, [x, like]);
  /** One index of an axis; the axis disappears. */
  select = (x: Value, axis: Axis, index: number) => this.squeeze(this.slice(x, axis, index, index + 1), axis);

  rotary = (x: Value, cos: Value, sin: Value, interleaved: boolean) =>
    this.#operation('rotary', { interleaved }, [x, cos, sin]);

  // Result.

  /** Marks an output; a name can be marked once. */
  output(name: string, value: Value): void {
    if (this.#outputs.has(name)) throw new RangeError(`graph ${this.#name}: output ${name} is marked twice`);
    this.#outputs.set(name, value);
  }

  build(): Graph {
    return { name: this.#name, definitions: [...this.#definitions], outputs: new Map(this.#outputs) };
  }

  axes(list: AxisList, sizes: Sizes | 'dynamic' = this.#sizes): AxisSize[] {
    const size = (axis: Axis): Size => (sizes === 'dynamic' ? 'dynamic' : (sizes[axis] ?? 'dynamic'));
    return parseAxes(list).map((axis) => ({ axis, size: size(axis) }));
  }

  #binary(
    primitive: 'add' | 'subtract' | 'multiply' | 'divide' | 'maximum' | 'minimum' | 'less' | 'equal',
    a: Operand,
    b: Operand,
  ): Value {
    return this.#operation(primitive, {}, [this.#value(a), this.#value(b)]);
  }

  #value(operand: Operand): Value {
    return typeof operand === 'number' ? this.constant(operand) : operand;
  }

  #operation<P extends PrimitiveName>(primitive: P, attributes: Attributes[P], inputs: readonly Value[]): Value {
    const type = shapeOf(
      primitive,
      attributes,
      inputs.map((input) => input.type),
    );
    const operation = { kind: 'operation', primitive, attributes, inputs: inputs.map(({ id }) => id), type };
    return this.#define(operation as Operation);
  }

  #source(definition: Definition & { readonly name: string }): Value {
    const key = `${definition.kind} ${definition.name}`;
    const known = this.#named.get(key);
    if (known !== undefined) return known;
    const value = this.#define(definition);
    this.#named.set(key, value);
    return value;
  }

  #define(definition: Definition): Value {
    this.#definitions.push(definition);
    return { id: this.#definitions.length - 1, type: definition.type };
  }
}
