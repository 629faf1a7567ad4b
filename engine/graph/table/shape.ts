/** Operations that move data without computing: most of them only change the view. */
import type { Axis } from '../../terms/axes.ts';
import { sizeOf } from '../../tensor/tensor.ts';
import type { Dense } from '../dense.ts';
import { dense, hasDenseAxis, lengthOf, offsets, reduce, transposed, without, zip } from '../dense.ts';
import type { Lowering } from '../lowering.ts';
import type { Rows } from '../primitive.ts';
import type { Sizes } from '../builder.ts';
import { areUnique, maySizesAgree, productOfSizes, replaceAxis } from '../shapes.ts';
import type { AxisSize, Size, Value, ValueType } from '../value.ts';
import { axisNames, hasAxis, printType, sizeOfAxis } from '../value.ts';
import type { Dimension, Factor, View, ViewAxis } from '../view.ts';
import { factorOf, factorsOf, sizeOfDimension } from '../view.ts';

type Shape = ValueType | string;

function one(inputs: readonly ValueType[], axis: Axis, rule: (x: ValueType, size: Size) => Shape): Shape {
  const [x] = inputs;
  if (inputs.length !== 1 || x === undefined || !hasAxis(x, axis)) return `one operand with axis ${axis}`;
  return rule(x, sizeOfAxis(x, axis));
}

function transposeShape(inputs: readonly ValueType[], axes: readonly Axis[]): Shape {
  const [x] = inputs;
  const fits = x !== undefined && x.axes.length === axes.length && axes.every((axis) => hasAxis(x, axis));
  if (inputs.length !== 1 || !fits || new Set(axes).size !== axes.length)
    return `one operand with axes ${axes.join(' ')} in any order`;
  return { dtype: x.dtype, axes: axes.map((axis) => ({ axis, size: sizeOfAxis(x, axis) })) };
}

function splitShape(x: ValueType, size: Size, axis: Axis, into: readonly AxisSize[]): Shape {
  const sizes = into.map((part) => part.size);
  const dynamic = sizes.filter((part) => part === 'dynamic').length;
  const asked = `axis ${axis} to split into ${into.map((part) => `${part.axis} ${part.size}`).join(', ')}`;
  if (into.length === 0 || dynamic > 1) return `${asked} (at most one dynamic)`;
  const known = productOfSizes(sizes.filter((part) => part !== 'dynamic')) as number;
  if (size !== 'dynamic' && (dynamic === 0 ? known !== size : size % known !== 0)) return asked;
  const settled = into.map((part) =>
    part.size === 'dynamic' && size !== 'dynamic' ? { ...part, size: size / known } : part,
  );
  const type = replaceAxis(x, axis, settled);
  return areUnique(type.axes) ? type : `${asked} with axes that the operand lacks`;
}

function mergeShape(inputs: readonly ValueType[], axes: readonly Axis[], into: Axis): Shape {
  const [x] = inputs;
  const asked = `one operand with axes ${axes.join(' ')} side by side, to merge into ${into}`;
  if (inputs.length !== 1 || x === undefined) return asked;
  const names = axisNames(x);
  const start = names.indexOf(axes[0] as Axis);
  if (axes.length === 0 || start < 0 || !axes.every((axis, i) => names[start + i] === axis)) return asked;
  const merged = { axis: into, size: productOfSizes(axes.map((axis) => sizeOfAxis(x, axis))) };
  const type: ValueType = {
    dtype: x.dtype,
    axes: [...x.axes.slice(0, start), merged, ...x.axes.slice(start + axes.length)],
  };
  return areUnique(type.axes) ? type : asked;
}

function renameShape(x: ValueType, from: Axis, to: Axis): Shape {
  if (from !== to && hasAxis(x, to)) return `an operand without axis ${to}`;
  return replaceAxis(x, from, [{ axis: to, size: sizeOfAxis(x, from) }]);
}

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

function likeShape(inputs: readonly ValueType[], accepts: (x: ValueType, like: ValueType) => string | null): Shape {
  const [x, like] = inputs;
  if (inputs.length !== 2 || x === undefined || like === undefined || x.dtype !== 'float32')
    return 'a float32 operand and another of the wanted shape';
  return accepts(x, like) ?? { dtype: x.dtype, axes: like.axes };
}

function stretchesTo(x: ValueType, like: ValueType): string | null {
  const fits = x.axes.every(
    ({ axis, size }) => hasAxis(like, axis) && (size === 1 || maySizesAgree(size, sizeOfAxis(like, axis))),
  );
  return fits ? null : 'a first operand that stretches to the second';
}

function reducesTo(x: ValueType, like: ValueType): string | null {
  const fits = like.axes.every(
    ({ axis, size }) => hasAxis(x, axis) && (size === 1 || maySizesAgree(size, sizeOfAxis(x, axis))),
  );
  return fits ? null : 'a second operand whose axes the first has, with the same sizes or 1';
}

// Evaluation.

function evaluateSplit(x: Dense, axis: Axis, into: readonly AxisSize[]): Dense {
  const length = lengthOf(x, axis);
  const known = into.reduce((product, { size }) => (size === 'dynamic' ? product : product * size), 1);
  const parts = into.map((part) => ({ axis: part.axis, size: part.size === 'dynamic' ? length / known : part.size }));
  if (sizeOf(parts) !== length) throw new RangeError(`split: axis ${axis} of ${length} does not divide into ${known}`);
  return dense(
    x.axes.flatMap((entry) => (entry.axis === axis ? parts : [entry])),
    x.data,
  );
}

function evaluateMerge(x: Dense, axes: readonly Axis[], into: Axis): Dense {
  const merged = { axis: into, size: axes.reduce((product, axis) => product * lengthOf(x, axis), 1) };
  return dense(
    x.axes.flatMap((entry) => (entry.axis === axes[0] ? [merged] : axes.includes(entry.axis) ? [] : [entry])),
    x.data,
  );
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

function evaluateReduceLike(x: Dense, like: Dense): Dense {
  const over = x.axes.filter(
    ({ axis, size }) => size !== 1 && (!hasDenseAxis(like, axis) || lengthOf(like, axis) === 1),
  );
  const names = over.map(({ axis }) => axis);
  const summed = reduce(x, names, (values) => values.reduce((a, b) => a + b, 0));
  return dense(
    like.axes,
    Float64Array.from(offsets(summed, like.axes), (at) => summed.data[at] as number),
  );
}

// Lowering.

function withAxes(x: View, axes: readonly ViewAxis[]): View {
  return { ...x, axes };
}

function lowerSplit(to: Lowering, x: View, axis: Axis, into: readonly AxisSize[], type: ValueType): View {
  const sizes = into.map((part) => sizeOfAxis(type, part.axis));
  const factors = factorsOf(x, axis);
  const groups = regrouped(factors, sizes);
  if (groups !== null) return withParts(x, axis, into, groups);
  if (factors.length > 1) return lowerSplit(to, settledAxis(to, x, axis), axis, into, type);
  const pieces = sizes.map((size) => factorOf(size));
  const exchange = (dimension: Dimension) =>
    dimension.flatMap((factor) => (factor === factors[0] ? pieces.flat() : [factor]));
  return withParts({ ...x, dimensions: x.dimensions.map(exchange) }, axis, into, pieces);
}

function withParts(x: View, axis: Axis, into: readonly AxisSize[], groups: readonly Dimension[]): View {
  const parts = into.map((part, i) => ({ axis: part.axis, factors: groups[i] as Dimension }));
  return withAxes(
    x,
    x.axes.flatMap((entry) => (entry.axis === axis ? parts : [entry])),
  );
}

/** The factors dealt out to these sizes, where they divide that way. */
function regrouped(factors: Dimension, sizes: readonly Size[]): Dimension[] | null {
  const groups: Factor[][] = [];
  let next = 0;
  for (const size of sizes) {
    const group: Factor[] = [];
    while (sizeOfDimension(group) !== size && next < factors.length) group.push(factors[next++] as Factor);
    if (sizeOfDimension(group) !== size) return null;
    groups.push(group);
  }
  return next === factors.length ? groups : null;
}

/** One axis of several factors made into one of a single factor. */
function settledAxis(to: Lowering, x: View, axis: Axis): View {
  const settled = to.read(
    x,
    x.axes.map(({ factors }) => factors),
  );
  const axes = x.axes.map(({ axis: name, factors }, dimension) => {
    const size = sizeOfDimension(factors);
    return { axis: name, factors: name === axis ? factorOf(size, { tensor: settled, dimension }) : factors };
  });
  return {
    source: { kind: 'tensor', name: settled },
    dtype: x.dtype,
    scale: 1,
    dimensions: axes.map(({ factors }) => factors),
    axes,
  };
}

function lowerMerge(x: View, axes: readonly Axis[], into: Axis): View {
  const merged = { axis: into, factors: axes.flatMap((axis) => factorsOf(x, axis)) };
  return withAxes(
    x,
    x.axes.flatMap((entry) => (entry.axis === axes[0] ? [merged] : axes.includes(entry.axis) ? [] : [entry])),
  );
}

function placeOf(x: View, axis: Axis): number {
  return x.axes.findIndex((entry) => entry.axis === axis);
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

function lowerSqueeze(to: Lowering, x: View, axis: Axis, type: ValueType): View {
  if (factorsOf(x, axis).length === 0)
    return withAxes(
      x,
      x.axes.filter((entry) => entry.axis !== axis),
    );
  return to.result(to.node('Squeeze', [to.plain(x), to.writer.int64s([placeOf(x, axis)])]), type);
}

function lowerBroadcast(to: Lowering, x: View, like: View, type: ValueType): View {
  const dimensions = like.axes.map(({ axis }) => factorsOf(x, axis));
  return to.result(to.node('Expand', [to.read(x, dimensions), to.shapeOf(to.plain(like))]), type);
}

/** Axes that the other operand lacks are summed away; those that it has with length 1, as soon as that is known. */
function lowerReduceLike(to: Lowering, x: View, like: View, type: ValueType): View {
  const names = like.axes.map(({ axis }) => axis);
  const gone = x.axes.filter(({ axis }) => !names.includes(axis));
  const axes = gone.map((_, i) => i);
  const ordered = to.read(x, [...gone.map(({ factors }) => factors), ...names.map((axis) => factorsOf(x, axis))]);
  const kept =
    gone.length === 0
      ? ordered
      : to.node('ReduceSum', [ordered, to.writer.int64s(axes)], { attributes: { keepdims: 0 } });
  const isSettled = type.axes.every(
    ({ axis, size }) => size !== 'dynamic' && size === sizeOfDimension(factorsOf(x, axis)),
  );
  if (isSettled) return to.result(kept, type);
  const differs = to.node('Not', [to.node('Equal', [to.shapeOf(kept), to.shapeOf(to.plain(like))])]);
  const over = to.node('Squeeze', [to.node('NonZero', [differs]), to.writer.int64s([0])]);
  return to.result(to.node('ReduceSum', [kept, over], { attributes: { keepdims: 1, noop_with_empty_axes: 1 } }), type);
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

// Gradients.

function listOf(x: Value): string {
  return axisNames(x.type).join(' ');
}

function fixedSize(x: Value, axis: Axis): number {
  const size = sizeOfAxis(x.type, axis);
  if (size === 'dynamic')
    throw new RangeError(`gradient: expected axis ${axis} of fixed size, got ${printType(x.type)}`);
  return size;
}

function fixedSizes(x: Value): Sizes {
  return Object.fromEntries(x.type.axes.filter(({ size }) => size !== 'dynamic').map(({ axis, size }) => [axis, size]));
}

export const shapeRows: Rows<
  | 'transpose'
  | 'split'
  | 'merge'
  | 'rename'
  | 'slice'
  | 'pad'
  | 'concat'
  | 'part'
  | 'squeeze'
  | 'unsqueeze'
  | 'broadcastLike'
  | 'reduceLike'
> = {
  transpose: {
    shape: ({ axes }, inputs) => transposeShape(inputs, axes),
    evaluate: ({ axes }, [x]) => transposed(x as Dense, axes),
    lower: (_, [x], _type, { axes }) =>
      withAxes(
        x as View,
        axes.map((axis) => ({ axis, factors: factorsOf(x as View, axis) })),
      ),
    gradient: ({ g }, [x], _, d) => [g.transpose(d, listOf(x as Value))],
  },
  split: {
    shape: ({ axis, into }, inputs) => one(inputs, axis, (x, size) => splitShape(x, size, axis, into)),
    evaluate: ({ axis, into }, [x]) => evaluateSplit(x as Dense, axis, into),
    lower: (to, [x], type, { axis, into }) => lowerSplit(to, x as View, axis, into, type),
    gradient: ({ g }, _, _result, d, { axis, into }) => [g.merge(d, into.map((part) => part.axis).join(' '), axis)],
  },
  merge: {
    shape: ({ axes, into }, inputs) => mergeShape(inputs, axes, into),
    evaluate: ({ axes, into }, [x]) => evaluateMerge(x as Dense, axes, into),
    lower: (_, [x], _type, { axes, into }) => lowerMerge(x as View, axes, into),
    gradient: ({ g }, [x], _, d, { axes, into }) => [g.split(d, into, axes.join(' '), fixedSizes(x as Value))],
  },
  rename: {
    shape: ({ from, to }, inputs) => one(inputs, from, (x) => renameShape(x, from, to)),
    evaluate: ({ from, to }, [x]) =>
      dense(
        (x as Dense).axes.map(({ axis, size }) => ({ axis: axis === from ? to : axis, size })),
        (x as Dense).data,
      ),
    lower: (_, [x], _type, { from, to }) =>
      withAxes(
        x as View,
        (x as View).axes.map(({ axis, factors }) => ({ axis: axis === from ? to : axis, factors })),
      ),
    gradient: ({ g }, _, _result, d, { from, to }) => [g.rename(d, to, from)],
  },
  slice: {
    shape: ({ axis, from, to }, inputs) => one(inputs, axis, (x, size) => sliceShape(x, size, axis, from, to)),
    evaluate: ({ axis, from, to }, [x]) => atIndices(x as Dense, axis, range(from, to)),
    lower: (lowering, [x], type, { axis, from, to }) => lowerSlice(lowering, x as View, axis, from, to, type),
    // The rest had no influence: zeros around d.
    gradient: ({ g }, [x], _, d, { axis, from, to }) => [g.pad(d, axis, from, fixedSize(x as Value, axis) - to)],
  },
  pad: {
    shape: ({ axis, before, after }, inputs) =>
      one(inputs, axis, (x, size) =>
        size === 'dynamic' || before < 0 || after < 0
          ? `axis ${axis} of fixed size and no negative padding`
          : replaceAxis(x, axis, [{ axis, size: before + size + after }]),
      ),
    evaluate: ({ axis, before, after }, [x]) =>
      atIndices(x as Dense, axis, range(-before, lengthOf(x as Dense, axis) + after)),
    lower: (to, [x], type, { axis, before, after }) => lowerPad(to, x as View, axis, before, after, type),
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
    // Zeros in the place of the other operands.
    gradient: ({ g }, [, ...operands], _, d, { axis, index }) => {
      const parts = operands.map((operand, i) => (i === index ? d : g.multiply(operand, 0)));
      return [g.concat([...parts], axis), ...operands.map(() => null)];
    },
  },
  squeeze: {
    shape: ({ axis }, inputs) =>
      one(inputs, axis, (x, size) => (maySizesAgree(size, 1) ? replaceAxis(x, axis, []) : `axis ${axis} of size 1`)),
    evaluate: ({ axis }, [x]) => dense(without(x as Dense, [axis]), (x as Dense).data),
    lower: (to, [x], type, { axis }) => lowerSqueeze(to, x as View, axis, type),
    gradient: ({ g }, [x], _, d, { axis }) => [g.transpose(g.unsqueeze(d, axis), listOf(x as Value))],
  },
  unsqueeze: {
    shape: ({ axis }, inputs) => {
      const [x] = inputs;
      if (inputs.length !== 1 || x === undefined || hasAxis(x, axis)) return `one operand without axis ${axis}`;
      return { dtype: x.dtype, axes: [...x.axes, { axis, size: 1 }] };
    },
    evaluate: ({ axis }, [x]) => dense([...(x as Dense).axes, { axis, size: 1 }], (x as Dense).data),
    lower: (_, [x], _type, { axis }) => withAxes(x as View, [...(x as View).axes, { axis, factors: [] }]),
    gradient: ({ g }, _, _result, d, { axis }) => [g.squeeze(d, axis)],
  },
  broadcastLike: {
    shape: (_, inputs) => likeShape(inputs, stretchesTo),
    evaluate: (_, [x, like]) => zip((like as Dense).axes, [x as Dense], (value) => value as number),
    lower: (to, [x, like], type) => lowerBroadcast(to, x as View, like as View, type),
    gradient: ({ g }, [x], _, d) => [g.reduceLike(d, x as Value), null],
  },
  reduceLike: {
    shape: (_, inputs) => likeShape(inputs, reducesTo),
    evaluate: (_, [x, like]) => evaluateReduceLike(x as Dense, like as Dense),
    lower: (to, [x, like], type) => lowerReduceLike(to, x as View, like as View, type),
    gradient: ({ g }, [x], _, d) => [g.broadcastLike(d, x as Value), null],
  },
};
