/** What flows through a graph: values of a dtype over named axes. */
import type { Axis, AxisList } from '../terms/axes.ts';
import { isAxis } from '../terms/axes.ts';

export type DType = 'float32' | 'int64' | 'bool';

/** `dynamic`: known when the program runs; a dynamic axis may turn out to be 1 and then broadcasts. */
export type Size = number | 'dynamic';

export interface AxisSize {
  readonly axis: Axis;
  readonly size: Size;
}

export interface ValueType {
  readonly dtype: DType;
  readonly axes: readonly AxisSize[];
}

/** A value in one graph: `id` is its place in that graph's list of definitions. */
export interface Value {
  readonly id: number;
  readonly type: ValueType;
}

/** `'B P D'` -> `['B', 'P', 'D']`; the empty string is a scalar. */
export function parseAxes(list: AxisList): Axis[] {
  const letters = list.split(' ').filter((letter) => letter !== '');
  return letters.map((letter) => {
    if (!isAxis(letter)) throw new RangeError(`axes '${list}': expected letters of engine/terms/axes, got '${letter}'`);
    return letter;
  });
}

export function axisNames(type: ValueType): Axis[] {
  return type.axes.map(({ axis }) => axis);
}

export function hasAxis(type: ValueType, axis: Axis): boolean {
  return type.axes.some((entry) => entry.axis === axis);
}

export function sizeOfAxis(type: ValueType, axis: Axis): Size {
  const found = type.axes.find((entry) => entry.axis === axis);
  if (found === undefined) throw new RangeError(`${printType(type)} has no axis ${axis}`);
  return found.size;
}

/** `float32[B ?, P ?, D 576]` */
export function printType({ dtype, axes }: ValueType): string {
  return `${dtype}[${axes.map(({ axis, size }) => `${axis} ${size === 'dynamic' ? '?' : size}`).join(', ')}]`;
}
