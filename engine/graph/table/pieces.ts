/** Cutting and joining along an axis. */
import type { Axis } from '../../terms/axes.ts';
import { sizeOf } from '../../tensor/tensor.ts';
import type { Dense } from '../dense.ts';
import { dense, lengthOf, transposed, zip } from '../dense.ts';
import type { Lowering } from '../lowering.ts';
import type { Rows } from '../primitive.ts';
import { maySizesAgree, replaceAxis } from '../shapes.ts';
import type { AxisSize, Size, Value, ValueType } from '../value.ts';
import { axisNames, hasAxis, sizeOfAxis } from '../value.ts';
import type { View } from '../view.ts';
import type { Shape } from './axisRules.ts';
import { fixedSize, listOf, placeOf, withAxis } from './axisRules.ts';

function sliceShape(x: ValueType, size: Size, axis: Axis, from: number, to: number): Shape {
  const fits =
    Number.isInteger(from) && Number.isInteger(to) && 0 <= from && from < to && (size === 'dynamic' || to <= size);
  if (!fits) return `axis ${axis} to hold indices [${from}, ${to})`;
  return replaceAxis(x, axis, [{ axis, size: to - from }]);
}

function concatShape(inputs: readonly ValueType[], axis: Axis): Shape {
  const [first] = inputs;
  const asked = `operands with the same axes and dtype, joined along ${axis}`;
  if (first === undefined || !hasAxis(first, axis)) return asked;
  const axes: AxisSize[] = [];
  for (const { axis: name } of first.axes) {
    if (!inputs.every((x) => hasAxis(x, name))) return asked;
    const sizes = inputs.map((x) => sizeOfAxis(x, name));
    const fixed = sizes.find((size) => size !== 'dynamic') ?? 'dynamic';
    if (name !== axis && !sizes.every((size) => maySizesAgree(size, fixed))) return asked;
    const joined = sizes.reduce<Size>((a, b) => (a === 'dynamic' || b === 'dynamic' ? 'dynamic' : a + b), 0);
    axes.push({ axis: name, size: name === axis ? joined : fixed });
  }
  if (!inputs.every((x) => x.dtype === first.dtype && x.axes.length === first.axes.length)) return asked;
  return { dtype: first.dtype, axes };
}

function partShape(inputs: readonly ValueType[], axis: Axis, index: number): Shape {
  const [x, ...operands] = inputs;
  const whole = concatShape(operands, axis);
  const part = operands[index];
  if (x === undefined || part === undefined || typeof whole === 'string')
    return `the concat of operands along ${axis}, and those operands`;
  const fits =
    whole.axes.length === x.axes.length &&
    whole.axes.every((entry) => hasAxis(x, entry.axis) && maySizesAgree(entry.size, sizeOfAxis(x, entry.axis)));
  return fits
    ? replaceAxis(x, axis, [{ axis, size: sizeOfAxis(part, axis) }])
    : 'a first operand of the axes of the concat';
}

/** The values at some indices of an axis; an index outside gives 0. */
function atIndices(x: Dense, axis: Axis, indices: readonly number[]): Dense {
  const axes = x.axes.map((entry) => (entry.axis === axis ? { axis, size: indices.length } : entry));
  const place = axes.findIndex((entry) => entry.axis === axis);
  const [outer, inner] = [sizeOf(x.axes.slice(0, place)), sizeOf(x.axes.slice(place + 1))];
  const length = lengthOf(x, axis);
  const data = new Float64Array(sizeOf(axes));
  let next = 0;
  for (let o = 0; o < outer; o++) {
    for (const index of indices) {
      const inside = index >= 0 && index < length;
      for (let i = 0; i < inner; i++) data[next++] = inside ? (x.data[(o * length + index) * inner + i] as number) : 0;
    }
  }
  return dense(axes, data);
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

function evaluateConcat(parts: readonly Dense[], axis: Axis): Dense {
  const [first] = parts as readonly [Dense];
  const ordered = parts.map((part) =>
    transposed(
      part,
      first.axes.map((entry) => entry.axis),
    ),
  );
  const size = ordered.reduce((sum, part) => sum + lengthOf(part, axis), 0);
  const axes = first.axes.map((entry) => (entry.axis === axis ? { axis, size } : entry));
  let start = 0;
  let result = dense(axes, new Float64Array(sizeOf(axes)));
  for (const part of ordered) {
    const shifted = atIndices(part, axis, range(-start, size - start));
    result = zip(axes, [result, shifted], (a, b) => (a as number) + (b as number));
    start += lengthOf(part, axis);
  }
  return result;
}

function lowerSlice(to: Lowering, x: View, axis: Axis, from: number, until: number, type: ValueType): View {
  const { writer } = to;
  const inputs = [to.plain(x), ...[from, until, placeOf(x, axis)].map((value) => writer.int64s([value]))];
  return to.result(to.node('Slice', inputs), type);
}

function lowerPad(to: Lowering, x: View, axis: Axis, before: number, after: number, type: ValueType): View {
  const { writer } = to;
  const zero = writer.floats([0], []);
  return to.result(
    to.node('Pad', [to.plain(x), writer.int64s([before, after]), zero, writer.int64s([placeOf(x, axis)])]),
    type,
  );
}

/** The piece of x that begins where the operands before it end. */
function lowerPart(to: Lowering, x: View, operands: readonly View[], axis: Axis, index: number, type: ValueType): View {
  const { writer } = to;
  const lengths = operands.slice(0, index + 1).map((operand) => lengthAlong(to, operand, axis));
  const start = lengths
    .slice(0, -1)
    .reduce((sum, length) => writer.sharedNode('Add', [sum, length]), writer.int64s([0]));
  const until = writer.sharedNode('Add', [start, lengths.at(-1) as string]);
  return to.result(to.node('Slice', [to.plain(x), start, until, writer.int64s([placeOf(x, axis)])]), type);
}

/** int64 [1] */
function lengthAlong(to: Lowering, x: View, axis: Axis): string {
  const place = placeOf(x, axis);
  return to.writer.sharedNode('Shape', [to.plain(x)], { attributes: { start: place, end: place + 1 } });
}

export const pieceRows: Rows<'slice' | 'pad' | 'concat' | 'part'> = {
  slice: {
    shape: ({ axis, from, to }, inputs) => withAxis(inputs, axis, (x, size) => sliceShape(x, size, axis, from, to)),
    evaluate: ({ axis, from, to }, [x]) => atIndices(x as Dense, axis, range(from, to)),
    lower: (lowering, [x], type, { axis, from, to }) => lowerSlice(lowering, x as View, axis, from, to, type),
    // y[i] = x[from + i]: dx[from + i] = dy[i], and 0 elsewhere
    gradient: ({ g }, [x], _, d, { axis, from, to }) => [g.pad(d, axis, from, fixedSize(x as Value, axis) - to)],
  },
  pad: {
    shape: ({ axis, before, after }, inputs) =>
      withAxis(inputs, axis, (x, size) =>
        size === 'dynamic' || before < 0 || after < 0
          ? `axis ${axis} of fixed size and no negative padding`
          : replaceAxis(x, axis, [{ axis, size: before + size + after }]),
      ),
    evaluate: ({ axis, before, after }, [x]) =>
      atIndices(x as Dense, axis, range(-before, lengthOf(x as Dense, axis) + after)),
    lower: (to, [x], type, { axis, before, after }) => lowerPad(to, x as View, axis, before, after, type),
    // y[before + i] = x[i]: dx[i] = dy[before + i]
    gradient: ({ g }, [x], _, d, { axis, before }) => [g.slice(d, axis, before, before + fixedSize(x as Value, axis))],
  },
  concat: {
    shape: ({ axis }, inputs) => concatShape(inputs, axis),
    evaluate: ({ axis }, inputs) => evaluateConcat(inputs, axis),
    lower: (to, inputs, type, { axis }) => {
      const names = axisNames(type);
      const parts = inputs.map((x) => to.inOrder(x, names));
      return to.result(to.node('Concat', parts, { attributes: { axis: names.indexOf(axis) } }), type);
    },
    // y = [x1, x2, ..]: dx1 is the piece of dy where x1 is, and so on
    gradient: ({ g }, inputs, _, d, { axis }) =>
      inputs.map((x, index) => g.transpose(g.part(d, inputs, axis, index), listOf(x))),
  },
  part: {
    shape: ({ axis, index }, inputs) => partShape(inputs, axis, index),
    evaluate: ({ axis, index }, [x, ...operands]) => {
      const start = operands.slice(0, index).reduce((sum, operand) => sum + lengthOf(operand, axis), 0);
      return atIndices(x as Dense, axis, range(start, start + lengthOf(operands[index] as Dense, axis)));
    },
    lower: (to, [x, ...operands], type, { axis, index }) => lowerPart(to, x as View, operands, axis, index, type),
    // y = x[start + i]: dx = [0, .., dy, .., 0], zeros where the other operands are
    gradient: ({ g }, [x, ...operands], _, d, { axis, index }) => {
      const parts = operands.map((operand, i) => (i === index ? d : g.multiply(operand, 0)));
      return [g.transpose(g.concat(parts, axis), listOf(x as Value)), ...operands.map(() => null)];
    },
  },
};
