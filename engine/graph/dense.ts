/**
 * Tensors for the reference evaluation: everything is addressed by axis name. What is computed is float64; weights stay the
 * float32 that they are fed as, for the numbers are the same and a large model's are there once.
 */
import type { Axis } from '../terms/axes.ts';
import type { AxisLength, Tensor } from '../tensor/tensor.ts';
import { describeAxes, sizeOf } from '../tensor/tensor.ts';
import type { ValueType } from './value.ts';

export type Dense = Tensor<Float64Array | Float32Array>;

export function dense(axes: readonly AxisLength[], data: Dense['data']): Dense {
  return { axes, data };
}

export function hasDenseAxis(x: Dense, axis: Axis): boolean {
  return x.axes.some((entry) => entry.axis === axis);
}

export function lengthOf(x: Dense, axis: Axis): number {
  const found = x.axes.find((entry) => entry.axis === axis);
  if (found === undefined) throw new RangeError(`${describeAxes(x.axes)} has no axis ${axis}`);
  return found.size;
}

export function lengthsOf(x: Dense, axes: readonly Axis[]): AxisLength[] {
  return axes.map((axis) => ({ axis, size: lengthOf(x, axis) }));
}

export function without(x: Dense, axes: readonly Axis[]): AxisLength[] {
  return x.axes.filter(({ axis }) => !axes.includes(axis));
}

/**
 * Where x keeps its value for each index combination of `axes`, in row-major order:
 * an axis that x lacks, or has with size 1, does not move.
 */
export function offsets(x: Dense, axes: readonly AxisLength[]): Int32Array {
  let list = new Int32Array([0]);
  for (const { axis, size } of axes) {
    const stride = strideOf(x, axis);
    const next = new Int32Array(list.length * size);
    for (let i = 0; i < list.length; i++) {
      for (let j = 0; j < size; j++) next[i * size + j] = (list[i] as number) + j * stride;
    }
    list = next;
  }
  return list;
}

function strideOf(x: Dense, axis: Axis): number {
  const place = x.axes.findIndex((entry) => entry.axis === axis);
  if (place < 0 || x.axes[place]?.size === 1) return 0;
  return sizeOf(x.axes.slice(place + 1));
}

/** The run-time lengths of axes that operands share by name: the largest one wins, 1 stretches, anything else is an error. */
export function stretchedLengths(type: ValueType, operands: readonly Dense[]): AxisLength[] {
  return type.axes.map(({ axis }) => {
    const sizes = operands.filter((x) => hasDenseAxis(x, axis)).map((x) => lengthOf(x, axis));
    const size = sizes.find((length) => length !== 1) ?? 1;
    if (sizes.some((length) => length !== 1 && length !== size)) {
      throw new RangeError(
        `axis ${axis}: expected equal sizes or 1, got ${operands.map(({ axes }) => describeAxes(axes)).join(' and ')}`,
      );
    }
    return { axis, size };
  });
}

/** One value per index combination, from the operands' values there. */
export function zip(
  axes: readonly AxisLength[],
  operands: readonly Dense[],
  compute: (...values: readonly number[]) => number,
): Dense {
  const places = operands.map((x) => offsets(x, axes));
  const data = new Float64Array(sizeOf(axes));
  for (let i = 0; i < data.length; i++) {
    data[i] = compute(...operands.map((x, o) => x.data[(places[o] as Int32Array)[i] as number] as number));
  }
  return dense(axes, data);
}

/** One value per index combination of the axes that remain, from all values along `over`. */
export function reduce(x: Dense, over: readonly Axis[], compute: (values: Float64Array) => number): Dense {
  const axes = without(x, over);
  const [outer, inner] = [offsets(x, axes), offsets(x, lengthsOf(x, over))];
  const data = Float64Array.from(outer, (start) =>
    compute(Float64Array.from(inner, (step) => x.data[start + step] as number)),
  );
  return dense(axes, data);
}

export function transposed(x: Dense, axes: readonly Axis[]): Dense {
  return zip(lengthsOf(x, axes), [x], (value) => value as number);
}
