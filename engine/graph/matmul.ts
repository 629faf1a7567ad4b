/**
 * Einsum of two views as MatMul or com.microsoft.FusedMatMul. Axes are batch (both operands and the result),
 * contracted (both operands only), or free (one operand and the result).
 * A weight is two-dimensional where it is declared; transposing the last two dimensions is left to the product,
 * which costs nothing. Transpose nodes appear only where the order of axes demands them.
 */
import type { Axis } from '../terms/axes.ts';
import { multiplyBlocks } from './blocks.ts';
import type { Lowering } from './lowering.ts';
import type { ValueType } from './value.ts';
import { axisNames } from './value.ts';
import type { Dimension, Factor, View, ViewAxis } from './view.ts';
import { factorOf, factorsOf, factorsOfAll, lacksAxis, leadingDimensions, sameOrder } from './view.ts';

interface Sides {
  readonly left: View;
  readonly right: View;
  readonly batch: readonly Axis[];
  readonly contracted: readonly Axis[];
  readonly leftFree: readonly Axis[];
  readonly rightFree: readonly Axis[];
}

/** The product of a and b; factors that they are still to be multiplied with become the product's `alpha`. */
export function lowerContract(to: Lowering, a: View, b: View, type: ValueType): View {
  const alpha = a.scale * b.scale;
  const sides = sidesOf({ ...a, scale: 1 }, { ...b, scale: 1 }, type);
  return blocksProduct(to, sides, type, alpha) ?? product(to, sides, type, alpha);
}

function sidesOf(a: View, b: View, type: ValueType): Sides {
  const result = axisNames(type);
  const shared = a.axes.map(({ axis }) => axis).filter((axis) => !lacksAxis(b, axis));
  const batch = result.filter((axis) => shared.includes(axis));
  const hasOneWeight = batch.length === 0 && isWeight(a) !== isWeight(b);
  const isSwapped = hasOneWeight ? isWeight(a) : comesFirst(result, b, a);
  const [left, right] = isSwapped ? [b, a] : [a, b];
  const summed = shared.filter((axis) => !result.includes(axis));
  const free = (x: View, other: View) => {
    const axes = result.filter((axis) => !lacksAxis(x, axis) && lacksAxis(other, axis));
    return batch.length === 0 ? inStoredOrder(x, axes) : axes;
  };
  const sides = { left, right, batch, leftFree: free(left, right), rightFree: free(right, left) };
  const ofRight = { ...sides, contracted: inStoredOrder(right, summed) };
  const ofLeft = { ...sides, contracted: inStoredOrder(left, summed) };
  return transposeCount(ofLeft) < transposeCount(ofRight) ? ofLeft : ofRight;
}

/** How many operands would have to be rewritten for the product. */
function transposeCount(sides: Sides): number {
  const isMoved = (x: View, { dimensions }: Operand) => Number(!sameOrder(x.dimensions, dimensions));
  return isMoved(sides.left, leftOperand(sides)) + isMoved(sides.right, rightOperand(sides));
}

function isWeight(x: View): boolean {
  return x.source.kind !== 'tensor';
}

/** Does a free axis of x come before all free axes of y in the result? */
function comesFirst(result: readonly Axis[], x: View, y: View): boolean {
  const first = result.find((axis) => lacksAxis(x, axis) !== lacksAxis(y, axis));
  return first !== undefined && !lacksAxis(x, first);
}

function inStoredOrder(x: View, axes: readonly Axis[]): Axis[] {
  const stored = x.dimensions.flat();
  const place = (axis: Axis) => stored.indexOf(factorsOf(x, axis)[0] as Factor);
  return [...axes].sort((a, b) => place(a) - place(b));
}

interface Operand {
  readonly dimensions: readonly Dimension[];
  /** Last two dimensions swapped with respect to the product's. */
  readonly isTransposed: boolean;
}

/** Rows then columns as one dimension each, or the reverse where the data is stored that way. */
function operandOf(x: View, batch: readonly Dimension[], rows: Dimension, columns: Dimension): Operand {
  const straight = { dimensions: [...batch, rows, columns], isTransposed: false };
  const turned = { dimensions: [...batch, columns, rows], isTransposed: true };
  if (sameOrder(x.dimensions, straight.dimensions)) return straight;
  if (sameOrder(x.dimensions, turned.dimensions)) return turned;
  // Both need a Transpose: the one that keeps the innermost factor innermost moves whole runs of memory.
  return rows.length > 0 && rows.at(-1) === x.dimensions.flat().at(-1) ? turned : straight;
}

function leftOperand({ left, batch, contracted, leftFree }: Sides): Operand {
  return operandOf(left, dimensionsOf(left, batch), factorsOfAll(left, leftFree), factorsOfAll(left, contracted));
}

function rightOperand({ right, batch, contracted, rightFree }: Sides): Operand {
  return operandOf(right, dimensionsOf(right, batch), factorsOfAll(right, contracted), factorsOfAll(right, rightFree));
}

function dimensionsOf(x: View, axes: readonly Axis[]): Dimension[] {
  return axes.map((axis) => factorsOf(x, axis));
}

function product(to: Lowering, sides: Sides, type: ValueType, alpha: number): View {
  const { left, right, batch, contracted, leftFree, rightFree } = sides;
  const rows = factorsOfAll(left, leftFree);
  const columns = factorsOfAll(right, rightFree);
  const [a, b] = [leftOperand(sides), rightOperand(sides)];
  // With a two-dimensional right side the product flattens the left one by itself.
  const isFlat = batch.length === 0 && !a.isTransposed && leftFree.length > 0;
  const leading = isFlat ? leadingDimensions(left, leftFree) : [rows];
  const operands = [
    to.read(left, isFlat ? [...leading, factorsOfAll(left, contracted)] : a.dimensions),
    to.read(right, b.dimensions),
  ];
  const tensor = multiply(to, operands, a.isTransposed, b.isTransposed, alpha);
  const batchAxes = batch.map((axis, dimension): ViewAxis => {
    const size = type.axes.find((entry) => entry.axis === axis)?.size ?? 1;
    return { axis, factors: factorOf(size, { tensor, dimension }) };
  });
  return resultView(tensor, type, sides, batchAxes, [...leading, columns]);
}

function multiply(to: Lowering, operands: readonly string[], transA: boolean, transB: boolean, alpha: number): string {
  if (!transA && !transB && alpha === 1) return to.node('MatMul', operands);
  const attributes = { transA: Number(transA), transB: Number(transB), alpha: { float: alpha } };
  return to.node('FusedMatMul', operands, { attributes, domain: 'com.microsoft' });
}

function resultView(
  tensor: string,
  type: ValueType,
  { left, right }: Sides,
  batch: readonly ViewAxis[],
  rest: readonly Dimension[],
): View {
  const factors = (axis: Axis): Dimension => {
    const own = batch.find((entry) => entry.axis === axis);
    if (own !== undefined) return own.factors;
    return factorsOf(lacksAxis(left, axis) ? right : left, axis);
  };
  return {
    source: { kind: 'tensor', name: tensor },
    dtype: type.dtype,
    scale: 1,
    dimensions: [...batch.map((entry) => entry.factors), ...rest],
    axes: type.axes.map(({ axis }) => ({ axis, factors: factors(axis) })),
  };
}

/** The product with a weight kept in blocks, where its last axes are the contracted ones; else null. */
function blocksProduct(to: Lowering, sides: Sides, type: ValueType, alpha: number): View | null {
  const { left, right, batch, contracted, leftFree, rightFree } = sides;
  if (right.source.kind !== 'parameter' || batch.length > 0 || leftFree.length === 0) return null;
  const storage = to.storageOf(right.source.parameter);
  const columns = factorsOfAll(right, contracted);
  const rows = factorsOfAll(right, rightFree);
  if (storage.kind !== 'blocks' || !sameOrder(right.dimensions, [rows, columns])) return null;
  const leading = leadingDimensions(left, leftFree);
  const x = to.read(left, [...leading, factorsOfAll(left, contracted)]);
  const inner = innerAxes(right.source.parameter.type, columns);
  const tensor = multiplyBlocks(to.writer, x, right.source.parameter, storage, inner, leading.length);
  const scaled = alpha === 1 ? tensor : to.node('Mul', [tensor, to.writer.floats([alpha], [])]);
  return resultView(scaled, type, sides, [], [...leading, rows]);
}

/** How many of the parameter's last axes these factors are. */
function innerAxes(type: ValueType, columns: Dimension): number {
  const wanted = columns.reduce((size, factor) => size * (factor.size as number), 1);
  let [count, size] = [0, 1];
  while (size !== wanted) size *= type.axes.at(-++count)?.size as number;
  return Math.max(count, 1);
}
