/** Stretching to the shape of another operand, and summing down to it: each is the gradient of the other. */
import type { Dense } from '../dense.ts';
import { dense, hasDenseAxis, lengthOf, offsets, reduce, zip } from '../dense.ts';
import type { Lowering } from '../lowering.ts';
import type { Rows } from '../primitive.ts';
import { maySizesAgree } from '../shapes.ts';
import type { Value, ValueType } from '../value.ts';
import { hasAxis, sizeOfAxis } from '../value.ts';
import type { View } from '../view.ts';
import { factorsOf, sizeOfDimension } from '../view.ts';
import type { Shape } from './axisRules.ts';

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

export const likenessRows: Rows<'broadcastLike' | 'reduceLike'> = {
  broadcastLike: {
    shape: (_, inputs) => likeShape(inputs, stretchesTo),
    evaluate: (_, [x, like]) => zip((like as Dense).axes, [x as Dense], (value) => value as number),
    lower: (to, [x, like], type) => lowerBroadcast(to, x as View, like as View, type),
    // y[i, j] = x[j]: dx[j] = sum over i of dy[i, j]
    gradient: ({ g, like }, [x], _, d) => [g.reduceLike(d, like(x as Value)), null],
  },
  reduceLike: {
    shape: (_, inputs) => likeShape(inputs, reducesTo),
    evaluate: (_, [x, like]) => evaluateReduceLike(x as Dense, like as Dense),
    lower: (to, [x, like], type) => lowerReduceLike(to, x as View, like as View, type),
    // y[j] = sum over i of x[i, j]: dx[i, j] = dy[j]
    gradient: ({ g, like }, [x], _, d) => [g.broadcastLike(d, like(x as Value)), null],
  },
};
