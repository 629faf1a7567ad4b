/** What rows that work along one axis share. */
import type { Axis } from '../../terms/axes.ts';
import type { Size, Value, ValueType } from '../value.ts';
import { axisNames, hasAxis, printType, sizeOfAxis } from '../value.ts';
import type { View } from '../view.ts';

/** A shape rule's answer: the result's type, or what was expected. */
export type Shape = ValueType | string;

/** The rule for one operand that has the axis. */
export function withAxis(inputs: readonly ValueType[], axis: Axis, rule: (x: ValueType, size: Size) => Shape): Shape {
  const [x] = inputs;
  if (inputs.length !== 1 || x === undefined || !hasAxis(x, axis)) return `one operand with axis ${axis}`;
  return rule(x, sizeOfAxis(x, axis));
}

/** The axis' place among the value's axes. */
export function placeOf(x: View, axis: Axis): number {
  return x.axes.findIndex((entry) => entry.axis === axis);
}

/** The operand's axes as a list. */
export function listOf(x: Value): string {
  return axisNames(x.type).join(' ');
}

/** RangeError where the size is only known when the program runs. */
export function fixedSize(x: Value, axis: Axis): number {
  const size = sizeOfAxis(x.type, axis);
  if (size === 'dynamic')
    throw new RangeError(`gradient: expected axis ${axis} of fixed size, got ${printType(x.type)}`);
  return size;
}
