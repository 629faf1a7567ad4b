/** Other axes over the same data: these only change the view. */
import type { Axis } from '../../terms/axes.ts';
import { sizeOf } from '../../tensor/tensor.ts';
import type { Sizes } from '../builder.ts';
import type { Dense } from '../dense.ts';
import { dense, lengthOf, transposed, without } from '../dense.ts';
import type { Lowering } from '../lowering.ts';
import type { Rows } from '../primitive.ts';
import { areUnique, maySizesAgree, productOfSizes, replaceAxis } from '../shapes.ts';
import type { AxisSize, Size, Value, ValueType } from '../value.ts';
import { axisNames, hasAxis, sizeOfAxis } from '../value.ts';
import type { Dimension, Factor, View, ViewAxis } from '../view.ts';
import { factorOf, factorsOf, sizeOfDimension } from '../view.ts';
import type { Shape } from './axisRules.ts';
import { listOf, placeOf, withAxis } from './axisRules.ts';

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

function withAxes(x: View, axes: readonly ViewAxis[]): View {
  return { ...x, axes };
}

function lowerSplit(to: Lowering, x: View, axis: Axis, into: readonly AxisSize[], type: ValueType): View {
  const sizes = into.map((part) => sizeOfAxis(type, part.axis));
  const factors = factorsOf(x, axis);
  const groups = regrouped(factors, sizes);
  if (groups !== null) return withParts(x, axis, into, groups);
  if (factors.length > 1) return lowerSplit(to, to.settled(x), axis, into, type);
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

function lowerMerge(x: View, axes: readonly Axis[], into: Axis): View {
  const merged = { axis: into, factors: axes.flatMap((axis) => factorsOf(x, axis)) };
  return withAxes(
    x,
    x.axes.flatMap((entry) => (entry.axis === axes[0] ? [merged] : axes.includes(entry.axis) ? [] : [entry])),
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

function fixedSizes(x: Value): Sizes {
  return Object.fromEntries(x.type.axes.filter(({ size }) => size !== 'dynamic').map(({ axis, size }) => [axis, size]));
}

export const reshapeRows: Rows<'transpose' | 'split' | 'merge' | 'rename' | 'squeeze' | 'unsqueeze'> = {
  transpose: {
    shape: ({ axes }, inputs) => transposeShape(inputs, axes),
    evaluate: ({ axes }, [x]) => transposed(x as Dense, axes),
    lower: (_, [x], _type, { axes }) =>
      withAxes(
        x as View,
        axes.map((axis) => ({ axis, factors: factorsOf(x as View, axis) })),
      ),
    // y = transpose(x): dx = dy in x's order of axes
    gradient: ({ g }, [x], _, d) => [g.transpose(d, listOf(x as Value))],
  },
  split: {
    shape: ({ axis, into }, inputs) => withAxis(inputs, axis, (x, size) => splitShape(x, size, axis, into)),
    evaluate: ({ axis, into }, [x]) => evaluateSplit(x as Dense, axis, into),
    lower: (to, [x], type, { axis, into }) => lowerSplit(to, x as View, axis, into, type),
    // y[i, j] = x[i n + j], n the size of j: dx[i n + j] = dy[i, j]
    gradient: ({ g }, _, _result, d, { axis, into }) => [g.merge(d, into.map((part) => part.axis).join(' '), axis)],
  },
  merge: {
    shape: ({ axes, into }, inputs) => mergeShape(inputs, axes, into),
    evaluate: ({ axes, into }, [x]) => evaluateMerge(x as Dense, axes, into),
    lower: (_, [x], _type, { axes, into }) => lowerMerge(x as View, axes, into),
    // y[i n + j] = x[i, j], n the size of j: dx[i, j] = dy[i n + j]
    gradient: ({ g }, [x], _, d, { axes, into }) => [g.split(d, into, axes.join(' '), fixedSizes(x as Value))],
  },
  rename: {
    shape: ({ from, to }, inputs) => withAxis(inputs, from, (x) => renameShape(x, from, to)),
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
    // y[to = i] = x[from = i]: dx[from = i] = dy[to = i]
    gradient: ({ g }, _, _result, d, { from, to }) => [g.rename(d, to, from)],
  },
  squeeze: {
    shape: ({ axis }, inputs) =>
      withAxis(inputs, axis, (x, size) =>
        maySizesAgree(size, 1) ? replaceAxis(x, axis, []) : `axis ${axis} of size 1`,
      ),
    evaluate: ({ axis }, [x]) => dense(without(x as Dense, [axis]), (x as Dense).data),
    lower: (to, [x], type, { axis }) => lowerSqueeze(to, x as View, axis, type),
    // y = x[axis = 0]: dx[axis = 0] = dy
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
    // y[axis = 0] = x: dx = dy[axis = 0]
    gradient: ({ g }, _, _result, d, { axis }) => [g.squeeze(d, axis)],
  },
};
