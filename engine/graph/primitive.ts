/** What every primitive states about itself, in one row of the table. */
import type { Dense } from './dense.ts';
import type { Lowering } from './lowering.ts';
import type { Attributes, PrimitiveName } from './primitives.ts';
import type { ValueType } from './value.ts';
import type { View } from './view.ts';

export interface Primitive<P extends PrimitiveName> {
  /** The result's type; where the operands don't fit, what was expected of them, as text. */
  shape(attributes: Attributes[P], inputs: readonly ValueType[]): ValueType | string;
  /** The result in float64, written to be obviously right. */
  evaluate(attributes: Attributes[P], inputs: readonly Dense[], type: ValueType): Dense;
  /** Writes ONNX nodes and returns where the result is. */
  lower(to: Lowering, inputs: readonly View[], type: ValueType, attributes: Attributes[P]): View;
}

export type Rows<Names extends PrimitiveName> = { readonly [P in Names]: Primitive<P> };
