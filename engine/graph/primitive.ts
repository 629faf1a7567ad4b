/** What every primitive states about itself, in one row of the table. */
import type { GraphBuilder } from './builder.ts';
import type { Dense } from './dense.ts';
import type { Lowering } from './lowering.ts';
import type { Attributes, PrimitiveName } from './primitives.ts';
import type { Value, ValueType } from './value.ts';
import type { View } from './view.ts';

export interface Primitive<P extends PrimitiveName> {
  /** The result's type; where the operands don't fit, what was expected of them, as text. */
  shape(attributes: Attributes[P], inputs: readonly ValueType[]): ValueType | string;
  /** The result in float64, written to be obviously right. */
  evaluate(attributes: Attributes[P], inputs: readonly Dense[], type: ValueType): Dense;
  /** Writes ONNX nodes and returns where the result is. */
  lower(to: Lowering, inputs: readonly View[], type: ValueType, attributes: Attributes[P]): View;
  /**
   * From `d`, the gradient of a scalar with respect to the result: its gradient with respect to each input,
   * null for an input that it does not flow to (indices, conditions, what only lends its shape).
   */
  gradient(
    at: Backward,
    inputs: readonly Value[],
    result: Value,
    d: Value,
    attributes: Attributes[P],
  ): readonly (Value | null)[];
}

/** What gradient rules write with. */
export interface Backward {
  readonly g: GraphBuilder;
  /** `value` summed over the axes along which this operand was stretched, in the operand's order of axes. */
  fit(value: Value, operand: Value): Value;
  /** A value of the same shape, to be read for its lengths only: one that costs nothing where there is one. */
  like(value: Value): Value;
}

export type Rows<Names extends PrimitiveName> = { readonly [P in Names]: Primitive<P> };
