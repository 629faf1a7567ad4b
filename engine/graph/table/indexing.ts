/** Operations with int64 indices. */
import type { Axis } from '../../terms/axes.ts';
import { sizeOf } from '../../tensor/tensor.ts';
import { gatherBlocks } from '../blocks.ts';
import type { Dense } from '../dense.ts';
import { dense, lengthOf, lengthsOf, offsets, without } from '../dense.ts';
import type { Lowering } from '../lowering.ts';
import { onnxTypeCode } from '../onnxWriter.ts';
import type { Rows } from '../primitive.ts';
import { areUnique, maySizesAgree } from '../shapes.ts';
import type { AxisSize, Value, ValueType } from '../value.ts';
import { axisNames, hasAxis, sizeOfAxis } from '../value.ts';
import type { Dimension, View } from '../view.ts';
import { factorsOf, factorsOfAll } from '../view.ts';
import type { Shape } from './axisRules.ts';
import { fixedSize } from './axisRules.ts';

function gatherShape(inputs: readonly ValueType[], axis: Axis): Shape {
  const [table, ids] = inputs;
  if (inputs.length !== 2 || ids?.dtype !== 'int64' || table?.dtype !== 'float32')
    return 'a float32 table and int64 ids';
  if (table.axes[0]?.axis !== axis) return `a table whose first axis is ${axis}`;
  const type: ValueType = { dtype: 'float32', axes: [...ids.axes, ...table.axes.slice(1)] };
  return areUnique(type.axes) ? type : 'ids without axes of the table';
}

function pickShape(inputs: readonly ValueType[], axis: Axis): Shape {
  const [x, ids] = inputs;
  if (inputs.length !== 2 || x?.dtype !== 'float32' || ids?.dtype !== 'int64') return 'a float32 operand and int64 ids';
  const axes = x.axes.filter((entry) => entry.axis !== axis);
  const fits =
    axes.length === ids.axes.length &&
    axes.every((entry) => hasAxis(ids, entry.axis) && maySizesAgree(entry.size, sizeOfAxis(ids, entry.axis)));
  if (!hasAxis(x, axis) || !fits) return `an operand with axis ${axis}, and ids over its other axes`;
  return { dtype: 'float32', axes };
}

function scatterShape(inputs: readonly ValueType[], axis: Axis, size: number): Shape {
  const [ids, values] = inputs;
  if (inputs.length !== 2 || ids?.dtype !== 'int64' || values?.dtype !== 'float32')
    return 'int64 ids and float32 values';
  const fits = ids.axes.every(
    (entry) => hasAxis(values, entry.axis) && maySizesAgree(entry.size, sizeOfAxis(values, entry.axis)),
  );
  if (!fits) return 'values with all axes of the ids';
  const axes: AxisSize[] = [{ axis, size }, ...values.axes.filter((entry) => !hasAxis(ids, entry.axis))];
  return areUnique(axes) ? { dtype: 'float32', axes } : `values without axis ${axis}`;
}

function oneHotShape(inputs: readonly ValueType[], axis: Axis, size: number): Shape {
  const [ids] = inputs;
  if (inputs.length !== 1 || ids?.dtype !== 'int64' || hasAxis(ids, axis)) return `int64 ids without axis ${axis}`;
  return { dtype: 'float32', axes: [...ids.axes, { axis, size }] };
}

// Evaluation.

function checkedId(ids: Dense, place: number, size: number): number {
  const id = ids.data[place] as number;
  if (!Number.isInteger(id) || id < 0 || id >= size)
    throw new RangeError(`expected an index from 0 to ${size - 1}, got ${id}`);
  return id;
}

function evaluateGather(table: Dense, ids: Dense, axis: Axis): Dense {
  const rest = without(table, [axis]);
  const width = sizeOf(rest);
  const data = new Float64Array(ids.data.length * width);
  ids.data.forEach((_, i) => {
    const row = checkedId(ids, i, lengthOf(table, axis));
    data.set(table.data.subarray(row * width, (row + 1) * width), i * width);
  });
  return dense([...ids.axes, ...rest], data);
}

function evaluatePick(x: Dense, ids: Dense, axis: Axis): Dense {
  const axes = without(x, [axis]);
  const [starts, places, steps] = [offsets(x, axes), offsets(ids, axes), offsets(x, lengthsOf(x, [axis]))];
  const at = (i: number) =>
    (starts[i] as number) + (steps[checkedId(ids, places[i] as number, steps.length)] as number);
  return dense(
    axes,
    Float64Array.from(starts, (_, i) => x.data[at(i)] as number),
  );
}

function evaluateScatter(ids: Dense, values: Dense, axis: Axis, size: number): Dense {
  const rest = without(
    values,
    ids.axes.map((entry) => entry.axis),
  );
  const width = sizeOf(rest);
  const data = new Float64Array(size * width);
  const [rows, columns] = [offsets(values, ids.axes), offsets(values, rest)];
  rows.forEach((start, i) => {
    const row = checkedId(ids, i, size) * width;
    columns.forEach((step, j) => (data[row + j] = (data[row + j] as number) + (values.data[start + step] as number)));
  });
  return dense([{ axis, size }, ...rest], data);
}

function evaluateOneHot(ids: Dense, axis: Axis, size: number): Dense {
  const data = new Float64Array(ids.data.length * size);
  ids.data.forEach((id, i) => {
    if (id >= 0 && id < size) data[i * size + id] = 1;
  });
  return dense([...ids.axes, { axis, size }], data);
}

// Lowering.

/** Only the gathered rows of a 16-bit or quantised table become float32. */
function lowerGather(to: Lowering, table: View, ids: View, axis: Axis, type: ValueType): View {
  const rest = table.axes.filter((entry) => entry.axis !== axis).map(({ factors }) => factors);
  const rows = factorsOf(table, axis);
  const indices = to.plain(ids);
  const { source } = table;
  const storage = source.kind === 'parameter' ? to.storageOf(source.parameter) : null;
  if (source.kind === 'parameter' && storage?.kind === 'blocks') {
    return gathered(gatherBlocks(to.writer, source.parameter, storage, indices), null, ids, rest, type, to);
  }
  const dimensions = [rows, rest.flat()];
  const raw = to.stored(table, dimensions);
  const picked = to.node('Gather', [raw ?? to.read(table, dimensions), indices], { attributes: { axis: 0 } });
  const isFloat = raw === null || (storage?.kind === 'external' && storage.type === 'F32');
  const tensor = isFloat ? picked : to.node('Cast', [picked], { attributes: { to: onnxTypeCode('float32') } });
  return gathered(tensor, rest.flat(), ids, rest, type, to);
}

/** The ids' axes and then one dimension of columns, or (null) rows of blocks that need a Reshape to the result. */
function gathered(
  tensor: string,
  columns: Dimension | null,
  ids: View,
  rest: readonly Dimension[],
  type: ValueType,
  to: Lowering,
): View {
  const names = ids.axes.map(({ axis }) => axis);
  const leading = ids.axes.map(({ factors }) => factors);
  const axes = type.axes.map(({ axis }, i) => ({
    axis,
    factors: names.includes(axis) ? (leading[i] as Dimension) : (rest[i - names.length] as Dimension),
  }));
  const dimensions = [...leading, columns ?? rest.flat()];
  const name = columns === null ? to.reshape(tensor, dimensions) : tensor;
  return { source: { kind: 'tensor', name }, dtype: 'float32', scale: 1, dimensions, axes };
}

function lowerPick(to: Lowering, x: View, ids: View, axis: Axis, type: ValueType): View {
  const others = axisNames(type);
  const values = to.inOrder(x, [...others, axis]);
  const indices = to.read(ids, [...others.map((name) => factorsOf(ids, name)), []]);
  const picked = to.node('GatherElements', [values, indices], { attributes: { axis: others.length } });
  return to.result(to.node('Squeeze', [picked, to.writer.int64s([others.length])]), type);
}

/**
 * ScatterElements visits updates in order on one thread: the same sums on every run, repeated ids included
 * (ScatterND with reduction `add` does not promise that).
 */
function lowerScatter(to: Lowering, ids: View, values: View, size: number, type: ValueType): View {
  const { writer } = to;
  const idAxes = ids.axes.map(({ axis }) => axis);
  const restAxes = axisNames(type).slice(1);
  const rest = factorsOfAll(values, restAxes);
  const updates = to.read(values, [factorsOfAll(values, idAxes), rest]);
  const column = to.read(ids, [factorsOfAll(ids, idAxes), []]);
  const indices = to.node('Expand', [column, to.shapeOf(updates)]);
  const width = to.node('Shape', [updates], { attributes: { start: 1, end: 2 } });
  const shape = to.node('Concat', [writer.int64s([size]), width], { attributes: { axis: 0 } });
  const zeros = to.node('Expand', [writer.floats([0], []), shape]);
  const tensor = to.node('ScatterElements', [zeros, indices, updates], { attributes: { axis: 0, reduction: 'add' } });
  const axes = type.axes.map(({ axis }, i) => ({
    axis,
    factors: i === 0 ? [{ size, origin: null }] : factorsOf(values, axis),
  }));
  return {
    source: { kind: 'tensor', name: tensor },
    dtype: 'float32',
    scale: 1,
    dimensions: [(axes[0] as { factors: Dimension }).factors, rest],
    axes,
  };
}

function lowerOneHot(to: Lowering, ids: View, size: number, type: ValueType): View {
  const column = to.read(ids, [...ids.axes.map(({ factors }) => factors), []]);
  const equal = to.node('Equal', [column, to.writer.int64s(Array.from({ length: size }, (_, i) => i))]);
  return to.result(to.node('Cast', [equal], { attributes: { to: onnxTypeCode('float32') } }), type);
}

export const indexingRows: Rows<'gather' | 'pick' | 'scatterRows' | 'oneHot'> = {
  gather: {
    shape: ({ axis }, inputs) => gatherShape(inputs, axis),
    evaluate: ({ axis }, [table, ids]) => evaluateGather(table as Dense, ids as Dense, axis),
    lower: (to, [table, ids], type, { axis }) => lowerGather(to, table as View, ids as View, axis, type),
    // y[i] = table[ids[i]]: dtable[row] = sum of dy[i] where ids[i] = row
    gradient: ({ g }, [table, ids], _, d, { axis }) => [
      g.scatterRows(ids as Value, d, axis, fixedSize(table as Value, axis)),
      null,
    ],
  },
  pick: {
    shape: ({ axis }, inputs) => pickShape(inputs, axis),
    evaluate: ({ axis }, [x, ids]) => evaluatePick(x as Dense, ids as Dense, axis),
    lower: (to, [x, ids], type, { axis }) => lowerPick(to, x as View, ids as View, axis, type),
    // y[i] = x[i, ids[i]]: dx[i, j] = dy[i] where j = ids[i], else 0
    gradient: ({ g, fit }, [x, ids], _, d, { axis }) => {
      const chosen = g.oneHot(ids as Value, axis, fixedSize(x as Value, axis));
      return [fit(g.multiply(chosen, d), x as Value), null];
    },
  },
  scatterRows: {
    shape: ({ axis, size }, inputs) => scatterShape(inputs, axis, size),
    evaluate: ({ axis, size }, [ids, values]) => evaluateScatter(ids as Dense, values as Dense, axis, size),
    lower: (to, [ids, values], type, { size }) => lowerScatter(to, ids as View, values as View, size, type),
    // y[row] = sum of values[i] where ids[i] = row: dvalues[i] = dy[ids[i]]
    gradient: ({ g, fit }, [ids, values], _, d, { axis }) => [
      null,
      fit(g.gather(d, ids as Value, axis), values as Value),
    ],
  },
  oneHot: {
    shape: ({ axis, size }, inputs) => oneHotShape(inputs, axis, size),
    evaluate: ({ axis, size }, [ids]) => evaluateOneHot(ids as Dense, axis, size),
    lower: (to, [ids], type, { size }) => lowerOneHot(to, ids as View, size, type),
    // Of indices there is none.
    gradient: () => [null],
  },
};
