/** Reductions over named axes, and softmax. */
import type { Axis } from '../../terms/axes.ts';
import type { GraphBuilder } from '../builder.ts';
import type { Dense } from '../dense.ts';
import { dense, lengthOf, offsets, reduce, without } from '../dense.ts';
import type { Lowering } from '../lowering.ts';
import type { NodeOptions } from '../onnxWriter.ts';
import type { Backward, Primitive, Rows } from '../primitive.ts';
import { reducedShape } from '../shapes.ts';
import type { Value, ValueType } from '../value.ts';
import { hasAxis, sizeOfAxis } from '../value.ts';
import type { View } from '../view.ts';
import { factorsOf, sameFactors, tensorView } from '../view.ts';

type ReductionGradient = (at: Backward, x: Value, result: Value, d: Value, over: readonly Axis[]) => Value;

function reduction(
  operator: string,
  compute: (values: Float64Array) => number,
  gradient: ReductionGradient,
): Primitive<'sum' | 'mean' | 'max'> {
  return {
    gradient: (at, [x], result, d, { over }) => [gradient(at, x as Value, result, d, over)],
    shape: ({ over }, inputs) => reducedShape(inputs, over),
    evaluate: ({ over }, [x]) => reduce(x as Dense, over, compute),
    lower: (to, [x], _, { over }) => lowerReduction(to, operator, x as View, over),
  };
}

type NormaliserGradient = (at: Backward, result: Value, d: Value, over: Axis) => Value;

function normaliser(
  operator: string,
  compute: (values: Float64Array) => Float64Array,
  gradient: NormaliserGradient,
): Primitive<'softmax' | 'logSoftmax'> {
  return {
    gradient: (at, _, result, d, { over }) => [gradient(at, result, d, over)],
    shape: ({ over }, inputs) => alongShape(inputs, over),
    evaluate: ({ over }, [x]) => along(x as Dense, over, compute),
    lower: (to, [x], _, { over }) => lowerAlong(to, operator, x as View, over),
  };
}

function alongShape(inputs: readonly ValueType[], over: Axis): ValueType | string {
  const [x] = inputs;
  if (inputs.length !== 1 || x === undefined || x.dtype !== 'float32' || !hasAxis(x, over))
    return `one float32 operand with axis ${over}`;
  return x;
}

/** Replaces the values along one axis. */
function along(x: Dense, over: Axis, compute: (values: Float64Array) => Float64Array): Dense {
  const steps = offsets(x, [{ axis: over, size: lengthOf(x, over) }]);
  const data = new Float64Array(x.data.length);
  for (const start of offsets(x, without(x, [over]))) {
    const values = compute(Float64Array.from(steps, (step) => x.data[start + step] as number));
    steps.forEach((step, i) => (data[start + step] = values[i] as number));
  }
  return dense(x.axes, data);
}

function total(values: Float64Array): number {
  return values.reduce((a, b) => a + b, 0);
}

function softmax(values: Float64Array): Float64Array {
  const largest = values.reduce((a, b) => Math.max(a, b), -Infinity);
  const powers = values.map((value) => Math.exp(value - largest));
  const sum = total(powers);
  return powers.map((power) => power / sum);
}

function logSoftmax(values: Float64Array): Float64Array {
  const largest = values.reduce((a, b) => Math.max(a, b), -Infinity);
  const logTotal = largest + Math.log(total(values.map((value) => Math.exp(value - largest))));
  return values.map((value) => value - logTotal);
}

/** The view with each of these axes as a dimension of its own: as it is where it has that form. */
function withOwnDimensions(to: Lowering, x: View, axes: readonly Axis[]): View {
  const isOwn = (axis: Axis) =>
    x.dimensions.some((dimension) => dimension.length > 0 && sameFactors(dimension, factorsOf(x, axis)));
  if (x.source.kind === 'tensor' && axes.every(isOwn)) return x;
  return to.settled(x);
}

function placesOf(x: View, axes: readonly Axis[]): number[] {
  // A settled axis of size 1 has no factors: its dimension is its place among the axes.
  return axes.map((axis) => {
    const factors = factorsOf(x, axis);
    if (factors.length === 0) return x.axes.findIndex((entry) => entry.axis === axis);
    return x.dimensions.findIndex((dimension) => sameFactors(dimension, factors));
  });
}

const keepNone: NodeOptions = { attributes: { keepdims: 0 } };

// The factors that remain keep their lengths: their origin is still the operand.
function lowerReduction(to: Lowering, operator: string, x: View, over: readonly Axis[]): View {
  const own = withOwnDimensions(to, x, over);
  const places = placesOf(own, over);
  const name = to.node(operator, [to.read(own, own.dimensions), to.writer.int64s(places)], keepNone);
  const dimensions = own.dimensions.filter((_, place) => !places.includes(place));
  const axes = own.axes.filter(({ axis }) => !over.includes(axis));
  return tensorView(name, x.dtype, dimensions, axes);
}

function lowerAlong(to: Lowering, operator: string, x: View, over: Axis): View {
  const own = withOwnDimensions(to, x, [over]);
  const attributes = { axis: placesOf(own, [over])[0] as number };
  const name = to.node(operator, [to.read(own, own.dimensions)], { attributes });
  return tensorView(name, x.dtype, own.dimensions, own.axes);
}

/** How many values a reduction takes together. */
function count(g: GraphBuilder, x: Value, over: readonly Axis[]): Value | number {
  const sizes = over.map((axis) => sizeOfAxis(x.type, axis));
  if (sizes.includes('dynamic')) return g.sum(g.broadcastLike(g.constant(1), x), over.join(' '));
  return sizes.reduce<number>((product, size) => product * (size as number), 1);
}

export const reductionRows: Rows<'sum' | 'mean' | 'max' | 'softmax' | 'logSoftmax'> = {
  // d sum(x) = sum(dx)
  sum: reduction('ReduceSum', total, ({ g, like }, x, _, d) => g.broadcastLike(d, like(x))),
  // d mean(x) = sum(dx) / n
  mean: reduction(
    'ReduceMean',
    (values) => total(values) / values.length,
    ({ g, like }, x, _, d, over) => g.broadcastLike(g.divide(d, count(g, like(x), over)), like(x)),
  ),
  // To the largest value, in equal shares where several are.
  max: reduction(
    'ReduceMax',
    (values) => values.reduce((a, b) => Math.max(a, b), -Infinity),
    ({ g }, x, result, d, over) => {
      const isLargest = g.toFloat(g.equal(x, result));
      return g.multiply(isLargest, g.divide(d, g.sum(isLargest, over.join(' '))));
    },
  ),
  // y = softmax(x): dx = y (dy - sum(dy y))
  softmax: normaliser('Softmax', softmax, ({ g }, y, d, over) =>
    g.multiply(y, g.subtract(d, g.sum(g.multiply(d, y), over))),
  ),
  // y = logSoftmax(x): dx = dy - exp(y) sum(dy)
  logSoftmax: normaliser('LogSoftmax', logSoftmax, ({ g }, y, d, over) =>
    g.subtract(d, g.multiply(g.exp(y), g.sum(d, over))),
  ),
};
