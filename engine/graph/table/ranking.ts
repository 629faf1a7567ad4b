/** Which values are the largest along named axes. Flat where they are continuous: no gradient flows through a choice. */
import type { Axis } from '../../terms/axes.ts';
import type { Dense } from '../dense.ts';
import { dense, lengthsOf, offsets, reduce, without } from '../dense.ts';
import type { Lowering } from '../lowering.ts';
import { onnxTypeCode } from '../onnxWriter.ts';
import type { Rows } from '../primitive.ts';
import { reducedShape } from '../shapes.ts';
import type { ValueType } from '../value.ts';
import { axisNames } from '../value.ts';
import type { View } from '../view.ts';
import { factorsOf, factorsOfAll, sizeOfDimension, tensorView } from '../view.ts';
import type { Shape } from './axisRules.ts';

function largestShape(inputs: readonly ValueType[], over: readonly Axis[], count: number): Shape {
  const reduced = reducedShape(inputs, over);
  if (typeof reduced === 'string') return reduced;
  if (!Number.isInteger(count) || count < 1) return 'a count from 1';
  return { dtype: 'bool', axes: (inputs[0] as ValueType).axes };
}

function argMaxShape(inputs: readonly ValueType[], over: Axis): Shape {
  const reduced = reducedShape(inputs, [over]);
  return typeof reduced === 'string' ? reduced : { dtype: 'int64', axes: reduced.axes };
}

// Evaluation.

function evaluateLargest(x: Dense, over: readonly Axis[], count: number): Dense {
  const steps = offsets(x, lengthsOf(x, over));
  const data = new Float64Array(x.data.length);
  for (const start of offsets(x, without(x, over))) {
    const places = Array.from(steps, (step) => start + step);
    // Sorting is stable: of equal values the earlier is taken.
    places.sort((a, b) => (x.data[b] as number) - (x.data[a] as number));
    for (const place of places.slice(0, count)) data[place] = 1;
  }
  return dense(x.axes, data);
}

function firstOfLargest(values: Float64Array): number {
  return values.reduce((best, value, i) => (value > (values[best] as number) ? i : best), 0);
}

// Lowering.

function flag(to: Lowering, value: boolean): string {
  return to.writer.sharedNode('Cast', [to.writer.floats([Number(value)], [])], {
    attributes: { to: onnxTypeCode('bool') },
  });
}

/** True is scattered to the places that TopK gives, which prefers the earlier of equal values; no place comes twice. */
function lowerLargest(to: Lowering, x: View, over: readonly Axis[], count: number): View {
  const others = x.axes.filter(({ axis }) => !over.includes(axis)).map(({ factors }) => factors);
  const along = factorsOfAll(x, over);
  const dimensions = [...others, along];
  const values = to.read(x, dimensions);
  const axis = others.length;
  const indices = to.writer.secondResult(
    'TopK',
    [values, countWithin(to, values, axis, sizeOfDimension(along), count)],
    {
      attributes: { axis, largest: 1, sorted: 0 },
    },
  );
  const none = to.node('Expand', [flag(to, false), to.shapeOf(values)]);
  const all = to.node('Expand', [flag(to, true), to.shapeOf(indices)]);
  const name = to.node('ScatterElements', [none, indices, all], { attributes: { axis } });
  return tensorView(name, 'bool', dimensions, x.axes);
}

/** int64 [1]: the count, or the axis' whole length where that is less. */
function countWithin(
  to: Lowering,
  values: string,
  axis: number,
  size: ReturnType<typeof sizeOfDimension>,
  count: number,
): string {
  if (size !== 'dynamic') return to.writer.int64s([Math.min(count, size)]);
  const length = to.node('Shape', [values], { attributes: { start: axis, end: axis + 1 } });
  return to.node('Min', [length, to.writer.int64s([count])]);
}

function lowerArgMax(to: Lowering, x: View, over: Axis, type: ValueType): View {
  const others = axisNames(type);
  const values = to.read(x, [...others.map((axis) => factorsOf(x, axis)), factorsOf(x, over)]);
  return to.result(to.node('ArgMax', [values], { attributes: { axis: others.length, keepdims: 0 } }), type);
}

export const rankingRows: Rows<'largest' | 'argMax'> = {
  largest: {
    shape: ({ over, count }, inputs) => largestShape(inputs, over, count),
    evaluate: ({ over, count }, [x]) => evaluateLargest(x as Dense, over, count),
    lower: (to, [x], _, { over, count }) => lowerLargest(to, x as View, over, count),
    gradient: () => [null],
  },
  argMax: {
    shape: ({ over }, inputs) => argMaxShape(inputs, over),
    evaluate: ({ over }, [x]) => reduce(x as Dense, [over], firstOfLargest),
    lower: (to, [x], type, { over }) => lowerArgMax(to, x as View, over, type),
    gradient: () => [null],
  },
};
