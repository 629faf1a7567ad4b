/** A dense row-major tensor with named axes. Imports terms only. */
import type { Axis } from '../terms/axes.ts';

export interface AxisLength {
  readonly axis: Axis;
  readonly size: number;
}

/** `data[((b * P + p) * D) + d]` for axes B P D: the last axis is contiguous. */
export interface Tensor<Data extends TensorData = Float32Array> {
  readonly axes: readonly AxisLength[];
  readonly data: Data;
}

export type TensorData = Float32Array | Float64Array | BigInt64Array | Uint8Array;

export function tensor<Data extends TensorData>(data: Data, axes: readonly AxisLength[]): Tensor<Data> {
  const expected = sizeOf(axes);
  if (data.length !== expected) {
    throw new RangeError(`tensor ${describeAxes(axes)}: expected ${expected} values, got ${data.length}`);
  }
  return { axes, data };
}

export function sizeOf(axes: readonly AxisLength[]): number {
  return axes.reduce((product, { size }) => product * size, 1);
}

/** `[B 2, P 19, D 576]` */
export function describeAxes(axes: readonly { axis: string; size: number | string }[]): string {
  return `[${axes.map(({ axis, size }) => `${axis} ${size}`).join(', ')}]`;
}

export function axisSize(tensor: Tensor<TensorData>, axis: Axis): number {
  const found = tensor.axes.find((entry) => entry.axis === axis);
  if (found === undefined) throw new RangeError(`tensor ${describeAxes(tensor.axes)} has no axis ${axis}`);
  return found.size;
}
