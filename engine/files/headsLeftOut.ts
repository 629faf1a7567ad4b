/** Tensors of which some heads' parts are zero, or are not stored: the same cut, on bytes and on values. */
import type { StoredTensor } from './modelFiles.ts';
import type { TensorCut } from './tensorCut.ts';

/** Shape of what stays. */
export function cutShape({ shape, axis, units, keep }: TensorCut): number[] {
  return shape.map((size, i) => (i === axis ? (size / units) * keep.length : size));
}

/** Only the parts that stay, in order; `itemBytes` a value. */
export function keepParts(bytes: Uint8Array, cut: TensorCut, itemBytes: number): Uint8Array {
  const { outer, part } = layoutOf(cut, itemBytes);
  const out = new Uint8Array(outer * cut.keep.length * part);
  forEachPart(cut, outer, (row, unit, i) => {
    const from = (row * cut.units + unit) * part;
    out.set(bytes.subarray(from, from + part), (row * cut.keep.length + i) * part);
  });
  return out;
}

/** A copy with zeros in the parts that don't stay. All zero bytes are 0 in every float type. */
export function zeroParts(bytes: Uint8Array, cut: TensorCut, itemBytes: number): Uint8Array {
  const { outer, part } = layoutOf(cut, itemBytes);
  const out = new Uint8Array(bytes.length);
  forEachPart(cut, outer, (row, unit) => {
    const from = (row * cut.units + unit) * part;
    out.set(bytes.subarray(from, from + part), from);
  });
  return out;
}

/** The values that stay in their old places, zeros in the others. */
export function fillParts(values: Float32Array, cut: TensorCut): Float32Array {
  const { outer, part } = layoutOf(cut, 1);
  const out = new Float32Array(outer * cut.units * part);
  forEachPart(cut, outer, (row, unit, i) => {
    const from = (row * cut.keep.length + i) * part;
    out.set(values.subarray(from, from + part), (row * cut.units + unit) * part);
  });
  return out;
}

/** The tensor as a file without those parts has it, read as if they were zero. */
export function asLeftOut(tensor: StoredTensor, cut: TensorCut): StoredTensor {
  return { ...tensor, shape: cut.shape, stored: { kind: 'headsLeftOut', cut } };
}

function forEachPart(cut: TensorCut, outer: number, act: (row: number, unit: number, i: number) => void): void {
  for (let row = 0; row < outer; row++) cut.keep.forEach((unit, i) => act(row, unit, i));
}

// [outer, units, part]: what comes before the axis, and the size of one unit.
function layoutOf({ shape, axis, units }: TensorCut, itemBytes: number): { outer: number; part: number } {
  const product = (sizes: readonly number[]) => sizes.reduce((all, size) => all * size, 1);
  return { outer: product(shape.slice(0, axis)), part: (product(shape.slice(axis)) / units) * itemBytes };
}
