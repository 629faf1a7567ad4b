/** Pieces of shape rules that several primitives share. A text instead of a type says what was expected. */
import type { Axis } from '../terms/axes.ts';
import type { AxisSize, DType, Size, ValueType } from './value.ts';
import { axisNames, hasAxis, sizeOfAxis } from './value.ts';

/** Same axes, one dtype in and another out. */
export function unaryShape(
  inputs: readonly ValueType[],
  dtype: DType = 'float32',
  from: readonly DType[] = ['float32'],
): ValueType | string {
  const [x] = inputs;
  if (inputs.length !== 1 || x === undefined) return 'one operand';
  if (!from.includes(x.dtype)) return `${from.join(' or ')}`;
  return { dtype, axes: x.axes };
}

/** Axes of the operand with most of them if it has all, else the union in the operands' order. */
export function broadcastShape(inputs: readonly ValueType[], dtype: DType): ValueType | string {
  const longest = inputs.reduce((best, type) => (type.axes.length > best.axes.length ? type : best));
  const union = [...new Set(inputs.flatMap(axisNames))];
  const names = union.length === longest.axes.length ? axisNames(longest) : union;
  const axes: AxisSize[] = [];
  for (const axis of names) {
    const size = stretchedSize(inputs.filter((type) => hasAxis(type, axis)).map((type) => sizeOfAxis(type, axis)));
    if (size === null) return `sizes of ${axis} to be equal, 1 or dynamic`;
    axes.push({ axis, size });
  }
  return { dtype, axes };
}

/** The size that all of these stretch to, or null. */
export function stretchedSize(sizes: readonly Size[]): Size | null {
  const fixed = sizes.filter((size) => size !== 'dynamic' && size !== 1);
  const [first] = fixed;
  if (first !== undefined) return fixed.every((size) => size === first) ? first : null;
  return sizes.includes('dynamic') ? 'dynamic' : 1;
}

/** Can these two be the same size when the program runs? */
export function maySizesAgree(a: Size, b: Size): boolean {
  return a === b || a === 'dynamic' || b === 'dynamic';
}

export function productOfSizes(sizes: readonly Size[]): Size {
  return sizes.reduce<Size>(
    (product, size) => (product === 'dynamic' || size === 'dynamic' ? 'dynamic' : product * size),
    1,
  );
}

/** x without some axes; all of them must be there. */
export function reducedShape(inputs: readonly ValueType[], over: readonly Axis[]): ValueType | string {
  const [x] = inputs;
  if (inputs.length !== 1 || x === undefined || x.dtype !== 'float32') return 'one float32 operand';
  if (over.length === 0 || new Set(over).size !== over.length) return 'axes to reduce over, each once';
  if (!over.every((axis) => hasAxis(x, axis))) return `axes ${over.join(' ')}`;
  return { dtype: x.dtype, axes: x.axes.filter(({ axis }) => !over.includes(axis)) };
}

export function replaceAxis(type: ValueType, axis: Axis, by: readonly AxisSize[]): ValueType {
  return { dtype: type.dtype, axes: type.axes.flatMap((entry) => (entry.axis === axis ? by : [entry])) };
}

export function areUnique(axes: readonly AxisSize[]): boolean {
  return new Set(axes.map(({ axis }) => axis)).size === axes.length;
}
