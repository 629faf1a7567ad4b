/** One exhaustive table: what every primitive's shape, value and ONNX form are. A primitive without a row does not compile. */
import type { Primitive } from './primitive.ts';
import type { Attributes, PrimitiveName } from './primitives.ts';
import { elementwiseRows } from './table/elementwise.ts';
import { indexingRows } from './table/indexing.ts';
import { likenessRows } from './table/likeness.ts';
import { pieceRows } from './table/pieces.ts';
import { positionRows } from './table/positions.ts';
import { productRows } from './table/products.ts';
import { rankingRows } from './table/ranking.ts';
import { reductionRows } from './table/reductions.ts';
import { reshapeRows } from './table/reshape.ts';
import type { ValueType } from './value.ts';
import { printType } from './value.ts';

export const primitives: { readonly [P in PrimitiveName]: Primitive<P> } = {
  ...elementwiseRows,
  ...productRows,
  ...reductionRows,
  ...rankingRows,
  ...indexingRows,
  ...reshapeRows,
  ...pieceRows,
  ...likenessRows,
  ...positionRows,
};

/** The type of a result; RangeError with all operand types where they don't fit. */
export function shapeOf<P extends PrimitiveName>(
  primitive: P,
  attributes: Attributes[P],
  inputTypes: readonly ValueType[],
): ValueType {
  const shape = primitives[primitive].shape(attributes, inputTypes);
  if (typeof shape !== 'string') return shape;
  throw new RangeError(`${primitive}: expected ${shape}, got ${inputTypes.map(printType).join(' and ')}`);
}
