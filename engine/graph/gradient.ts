/** Reverse-mode differentiation: a graph and the gradients of one of its scalars, as another graph. */
import type { Axis } from '../terms/axes.ts';
import type { Sizes } from './builder.ts';
import { GraphBuilder } from './builder.ts';
import type { Definition, Graph, Operation } from './graph.ts';
import type { Backward, Primitive } from './primitive.ts';
import type { PrimitiveName } from './primitives.ts';
import { primitives } from './table.ts';
import type { Value } from './value.ts';
import { axisNames, hasAxis, printType, sizeOfAxis } from './value.ts';

/** Name of the output that holds the gradient with respect to `name`. */
export function gradientName(name: string): string {
  return `gradient.${name}`;
}

/** Name of the input that the gradient with respect to output `name` is fed to. */
export function upstreamName(name: string): string {
  return `upstream.${name}`;
}

export interface GradientOptions {
  /**
   * Inputs whose dynamic axes may be 1 where other values are longer. All, unless said otherwise: each of their gradients,
   * and each gradient where two inputs meet, then costs one pass over memory that sums along the axes that were stretched.
   */
  readonly mayStretch?: (input: string) => boolean;
}

/**
 * The graph with an output `gradient.<name>` more for each of `wrt`: the gradient of the scalar output with respect to an
 * input, a parameter or a marked output (with that value's axes). RangeError for a name that is none of these,
 * for an output that is not a scalar, and where the scalar does not depend on the name.
 */
export function gradient(graph: Graph, scalar: string, wrt: readonly string[], options: GradientOptions = {}): Graph {
  const g = GraphBuilder.from(graph, `${graph.name} gradient`);
  const from = scalarOutput(graph, scalar);
  markGradients(graph, g, { seeds: new Map([[from.id, g.constant(1)]]), named: scalar }, wrt, options);
  return g.build();
}

/**
 * The same from several outputs of any shape, whose own gradients are fed as inputs `upstream.<output>`: gives
 * `gradient.<name>` = sum over the outputs of upstream . d output / d name (a vector-Jacobian product).
 * Of the graph's outputs only those are kept that `keeps` says.
 */
export function vectorJacobian(
  graph: Graph,
  from: readonly string[],
  wrt: readonly string[],
  keeps: (output: string) => boolean,
  options: GradientOptions = {},
): Graph {
  const g = GraphBuilder.from(graph, `${graph.name} gradient`, keeps);
  const seeds = new Map<number, Value>();
  for (const name of from) {
    const output = graph.outputs.get(name);
    if (output === undefined) throw new RangeError(`gradient: graph ${graph.name} has no output ${name}`);
    const axes = axisNames(output.type).join(' ');
    const upstream = g.input(upstreamName(name), axes, 'float32', fixedSizes(output));
    const known = seeds.get(output.id);
    seeds.set(output.id, known === undefined ? upstream : g.add(known, upstream));
  }
  markGradients(graph, g, { seeds, named: from.join(', ') }, wrt, options);
  return g.build();
}

interface Differentiated {
  /** Gradients to start from, by id. */
  readonly seeds: ReadonlyMap<number, Value>;
  /** The outputs that they belong to, for errors. */
  readonly named: string;
}

function fixedSizes({ type }: Value): Sizes {
  return Object.fromEntries(type.axes.flatMap(({ axis, size }) => (size === 'dynamic' ? [] : [[axis, size]])));
}

/** Marks the gradient of each name. */
function markGradients(
  graph: Graph,
  g: GraphBuilder,
  { seeds, named: outputs }: Differentiated,
  wrt: readonly string[],
  options: GradientOptions,
): void {
  const sources = new Map(wrt.map((name) => [name, named(graph, name)]));
  const gradients = accumulate(graph, g, seeds, new Set(sources.values()), options);
  for (const [name, id] of sources) {
    const value = gradients.get(id);
    if (value === undefined) throw new RangeError(`gradient: ${outputs} does not depend on ${name}`);
    g.output(gradientName(name), value);
  }
}

function scalarOutput(graph: Graph, name: string): Value {
  const value = graph.outputs.get(name);
  if (value === undefined) throw new RangeError(`gradient: graph ${graph.name} has no output ${name}`);
  if (value.type.axes.length > 0)
    throw new RangeError(`gradient: ${name}: expected a scalar, got ${printType(value.type)}`);
  return value;
}

function named(graph: Graph, name: string): number {
  const output = graph.outputs.get(name);
  if (output !== undefined) return output.id;
  const id = graph.definitions.findIndex((definition) => 'name' in definition && definition.name === name);
  if (id < 0) throw new RangeError(`gradient: graph ${graph.name} has no input, parameter or output ${name}`);
  return id;
}

/** Gradients by id, of the definitions between the sources and the seeds. */
function accumulate(
  graph: Graph,
  g: GraphBuilder,
  seeds: ReadonlyMap<number, Value>,
  sources: ReadonlySet<number>,
  options: GradientOptions,
): Map<number, Value> {
  const affected = affectedBy(graph, sources);
  const lengths = dynamicLengths(graph, options.mayStretch ?? (() => true));
  const gradients = new Map<number, Value>(seeds);
  for (let id = Math.max(...seeds.keys()); id >= 0; id--) {
    const definition = graph.definitions[id] as Definition;
    const d = gradients.get(id);
    if (d === undefined || definition.kind !== 'operation') continue;
    if (!definition.inputs.some((input) => affected.has(input))) continue;
    backward(graph, g, definition, id, d, lengths).forEach((value, i) => {
      const input = definition.inputs[i] as number;
      if (value === null || !affected.has(input)) return;
      const known = gradients.get(input);
      gradients.set(input, known === undefined ? value : g.add(known, value));
    });
  }
  return gradients;
}

function affectedBy(graph: Graph, sources: ReadonlySet<number>): Set<number> {
  const affected = new Set(sources);
  graph.definitions.forEach((definition, id) => {
    if (definition.kind === 'operation' && definition.inputs.some((input) => affected.has(input))) affected.add(id);
  });
  return affected;
}

function backward(
  graph: Graph,
  g: GraphBuilder,
  operation: Operation,
  id: number,
  d: Value,
  lengths: Lengths,
): readonly (Value | null)[] {
  const row = primitives[operation.primitive] as Primitive<PrimitiveName>;
  const valueOf = (at: number): Value => ({ id: at, type: (graph.definitions[at] as Definition).type });
  const result = valueOf(id);
  const like = (value: Value): Value => valueOf(shapeSource(graph, value.id, lengths));
  const at: Backward = {
    g,
    like,
    fit: (value, operand) => fit(g, value, operand, like, (axis) => isStretched(operand, result, axis, lengths)),
  };
  return row.gradient(at, operation.inputs.map(valueOf), result, d, operation.attributes as never);
}

function fit(
  g: GraphBuilder,
  value: Value,
  operand: Value,
  like: (value: Value) => Value,
  isStretchedAlong: (axis: Axis) => boolean,
): Value {
  const wanted = axisNames(operand.type);
  if (wanted.some(isStretchedAlong)) return g.reduceLike(value, like(operand));
  const extra = axisNames(value.type).filter((axis) => !wanted.includes(axis));
  const kept = extra.length === 0 ? value : g.sum(value, extra.join(' '));
  return axisNames(kept.type).every((axis, i) => axis === wanted[i]) ? kept : g.transpose(kept, wanted.join(' '));
}

/**
 * The value that this one has its shape from, an input where one has it: a rule that only reads lengths shall not make
 * the program compute what nobody needs.
 */
function shapeSource(graph: Graph, id: number, lengths: Lengths): number {
  for (let at = id; ;) {
    const definition = graph.definitions[at] as Definition;
    if (definition.kind !== 'operation') return at;
    const same = definition.inputs.filter((input) => hasSameShape(graph, input, at, lengths));
    const next = same.find((input) => graph.definitions[input]?.kind !== 'operation') ?? same[0];
    if (next === undefined) return at;
    at = next;
  }
}

/** Has this input of an operation certainly the shape of the result? */
function hasSameShape(graph: Graph, input: number, id: number, lengths: Lengths): boolean {
  const operation = graph.definitions[id] as Operation;
  const operand = { id: input, type: (graph.definitions[input] as Definition).type };
  const [from, to] = [operand.type.axes, operation.type.axes];
  return (
    from.length === to.length &&
    to.every(
      ({ axis }, i) =>
        from[i]?.axis === axis &&
        !changesLength(operation, axis) &&
        !isStretched(operand, { id, type: operation.type }, axis, lengths),
    )
  );
}

/**
 * Which run-time length a dynamic axis of a definition has: the same key where it is certainly the same length.
 * The axis letter itself is the key of a length that is never stretched.
 */
type Lengths = readonly ReadonlyMap<Axis, Axis | number>[];

function dynamicLengths(graph: Graph, mayStretch: (input: string) => boolean): Lengths {
  const lengths: Map<Axis, Axis | number>[] = [];
  let next = 0;
  for (const definition of graph.definitions) {
    const own = new Map<Axis, Axis | number>();
    const isFull = definition.kind === 'input' && !mayStretch(definition.name);
    for (const { axis, size } of definition.type.axes) {
      if (size === 'dynamic') own.set(axis, isFull ? axis : (sharedLength(definition, axis, lengths, graph) ?? next++));
    }
    lengths.push(own);
  }
  return lengths;
}

/** The length that an operation's axis has from its inputs, or null where it is a new one. */
function sharedLength(definition: Definition, axis: Axis, lengths: Lengths, graph: Graph): Axis | number | null {
  if (definition.kind !== 'operation') return null;
  const inputs = definition.inputs.map((input) => lengths[input]);
  // A cut, joined or renamed axis of full length is full under its new name too.
  if (changesLength(definition, axis)) return inputs.every((own) => areFull(own)) ? axis : null;
  const owners = definition.inputs.filter((input) => {
    const { type } = graph.definitions[input] as Definition;
    return hasAxis(type, axis) && sizeOfAxis(type, axis) !== 1;
  });
  const known = owners.map((input) => lengths[input]?.get(axis));
  if (known.includes(axis)) return axis;
  const [first, ...others] = known;
  return first !== undefined && others.every((length) => length === first) ? first : null;
}

function areFull(own: ReadonlyMap<Axis, Axis | number> | undefined): boolean {
  return own !== undefined && [...own].every(([axis, length]) => axis === length);
}

function changesLength(operation: Operation, axis: Axis): boolean {
  switch (operation.primitive) {
    case 'concat':
    case 'part':
      return operation.attributes.axis === axis;
    case 'split':
      return operation.attributes.into.some((part) => part.axis === axis);
    case 'merge':
      return operation.attributes.into === axis;
    case 'rename':
      return operation.attributes.to === axis;
    default:
      return false;
  }
}

/** May the operand have been stretched along this axis, to become the result? */
function isStretched(operand: Value, result: Value, axis: Axis, lengths: Lengths): boolean {
  if (!hasAxis(result.type, axis)) return false;
  const [from, to] = [sizeOfAxis(operand.type, axis), sizeOfAxis(result.type, axis)];
  if (from !== 'dynamic') return from !== to;
  return lengths[operand.id]?.get(axis) !== lengths[result.id]?.get(axis);
}
