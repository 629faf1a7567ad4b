/** Slicing and joining along one axis of a row-major tensor. */
import type { Axis } from '../terms/axes.ts';
import type { Tensor } from './tensor.ts';
import { axisSize, sizeOf, tensor } from './tensor.ts';

interface Strides {
  readonly outer: number;
  readonly size: number;
  readonly inner: number;
}

function stridesAt(x: Tensor, axis: Axis): Strides {
  const at = x.axes.findIndex((entry) => entry.axis === axis);
  return { outer: sizeOf(x.axes.slice(0, at)), size: axisSize(x, axis), inner: sizeOf(x.axes.slice(at + 1)) };
}

function withSize(x: Tensor, axis: Axis, size: number) {
  return x.axes.map((entry) => (entry.axis === axis ? { axis, size } : entry));
}

/** Indices [from, to) of an axis; the tensor itself where that is all of it. */
export function sliceAxis(x: Tensor, axis: Axis, from: number, to: number): Tensor {
  const { outer, size, inner } = stridesAt(x, axis);
  if (from === 0 && to === size) return x;
  const data = new Float32Array(outer * (to - from) * inner);
  for (let o = 0; o < outer; o++) {
    data.set(x.data.subarray((o * size + from) * inner, (o * size + to) * inner), o * (to - from) * inner);
  }
  return tensor(data, withSize(x, axis, to - from));
}

/** One after the other along an axis; all other axes agree. */
export function joinAxis(parts: readonly Tensor[], axis: Axis): Tensor {
  const [first] = parts;
  if (first === undefined) throw new RangeError('joinAxis: expected at least one tensor, got none');
  if (parts.length === 1) return first;
  const sizes = parts.map((part) => axisSize(part, axis));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const { outer, inner } = stridesAt(first, axis);
  const data = new Float32Array(outer * total * inner);
  let before = 0;
  parts.forEach((part, i) => {
    const width = (sizes[i] ?? 0) * inner;
    for (let o = 0; o < outer; o++)
      data.set(part.data.subarray(o * width, (o + 1) * width), o * total * inner + before);
    before += width;
  });
  return tensor(data, withSize(first, axis, total));
}

/** One index of `axis` per row of the first axis: [B, P, ...] with `indices[b]` -> [B, 1, ...]. */
export function takeOnePerRow(x: Tensor, axis: Axis, indices: readonly number[]): Tensor {
  const { outer, size, inner } = stridesAt(x, axis);
  if (outer !== indices.length) throw new RangeError(`takeOnePerRow: expected ${outer} indices, got ${indices.length}`);
  const data = new Float32Array(outer * inner);
  indices.forEach((index, o) =>
    data.set(x.data.subarray((o * size + index) * inner, (o * size + index + 1) * inner), o * inner),
  );
  return tensor(data, withSize(x, axis, 1));
}
