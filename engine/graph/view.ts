/**
 * Where a graph value is in the ONNX program: a tensor whose dimensions need not be the value's axes.
 * Splits, merges, renames and transposes only change the view; a Reshape or a Transpose is written
 * when an operation needs the data in another form, so chains of them come out as one node or none.
 */
import type { Axis } from '../terms/axes.ts';
import type { Constant, Parameter } from './graph.ts';
import { productOfSizes } from './shapes.ts';
import type { DType, Size, ValueType } from './value.ts';

/** An indivisible piece of shape; the same object means the same piece. Pieces of size 1 are left out. */
export interface Factor {
  readonly size: Size;
  /** For a dynamic size: the tensor and dimension where it can be read. */
  readonly origin: { readonly tensor: string; readonly dimension: number } | null;
}

/** One dimension of a tensor, outermost piece first; the empty list is a dimension of size 1. */
export type Dimension = readonly Factor[];

export interface ViewAxis {
  readonly axis: Axis;
  readonly factors: Dimension;
}

export type Source =
  | { readonly kind: 'tensor'; readonly name: string }
  | { readonly kind: 'parameter'; readonly parameter: Parameter }
  | { readonly kind: 'constant'; readonly constant: Constant };

export interface View {
  readonly source: Source;
  readonly dtype: DType;
  /** The value is this times the source: a product takes it as its `alpha`, any other reader multiplies first. */
  readonly scale: number;
  /** Of the source. A parameter or a constant can be had in any grouping of its factors. */
  readonly dimensions: readonly Dimension[];
  /** Of the value: the same factors, possibly in another order. */
  readonly axes: readonly ViewAxis[];
}

export function factorOf(size: Size, origin: Factor['origin'] = null): Dimension {
  return size === 1 ? [] : [{ size, origin }];
}

/** A view whose dimensions are the value's axes. */
export function plainView(source: Source, type: ValueType): View {
  const axes = type.axes.map(({ axis, size }, dimension) => ({
    axis,
    factors: factorOf(size, source.kind === 'tensor' ? { tensor: source.name, dimension } : null),
  }));
  return { source, dtype: type.dtype, scale: 1, dimensions: axes.map(({ factors }) => factors), axes };
}

/** A tensor of another view's form, or of a form given by itself. */
export function tensorView(name: string, dtype: DType, dimensions: View['dimensions'], axes: View['axes']): View {
  return { source: { kind: 'tensor', name }, dtype, scale: 1, dimensions, axes };
}

export function factorsOf(view: View, axis: Axis): Dimension {
  return view.axes.find((entry) => entry.axis === axis)?.factors ?? [];
}

export function factorsOfAll(view: View, axes: readonly Axis[]): Dimension {
  return axes.flatMap((axis) => factorsOf(view, axis));
}

export function lacksAxis(view: View, axis: Axis): boolean {
  return !view.axes.some((entry) => entry.axis === axis);
}

export function sizeOfDimension(dimension: Dimension): Size {
  return productOfSizes(dimension.map(({ size }) => size));
}

export function sameFactors(a: Dimension, b: Dimension): boolean {
  return a.length === b.length && a.every((factor, i) => factor === b[i]);
}

export function sameDimensions(a: readonly Dimension[], b: readonly Dimension[]): boolean {
  return a.length === b.length && a.every((dimension, i) => sameFactors(dimension, b[i] as Dimension));
}

/** Is data with the first list of factors, read in the second's order, the same data? */
export function sameOrder(from: readonly Dimension[], to: readonly Dimension[]): boolean {
  return sameFactors(from.flat(), to.flat());
}

/** The dimensions that the operand has already where they hold just its free axes, else one for each axis. */
export function leadingDimensions(x: View, free: readonly Axis[]): readonly Dimension[] {
  const factors = factorsOfAll(x, free);
  const own: Dimension[] = [];
  for (const dimension of x.dimensions) {
    if (own.flat().length === factors.length) break;
    own.push(dimension);
  }
  const isOwn = x.source.kind === 'tensor' && own.length > 0 && sameOrder(own, [factors]);
  return isOwn ? own : free.map((axis) => factorsOf(x, axis));
}
