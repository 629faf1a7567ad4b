/** Operands of one elementwise operation in forms that ONNX broadcasts against each other. */
import type { Axis } from '../terms/axes.ts';
import type { Lowering } from './lowering.ts';
import type { ValueType } from './value.ts';
import { sizeOfAxis } from './value.ts';
import type { Dimension, Factor, View, ViewAxis } from './view.ts';
import { factorsOf, lacksAxis, sameFactors, sameOrder, sizeOfDimension } from './view.ts';

export interface Aligned {
  readonly operands: readonly string[];
  /** The view of the result, once its tensor has a name. */
  readonly result: (tensor: string) => View;
}

/**
 * Where all other operands can be read in one operand's own dimensions, the operation runs on those
 * (a bias [N H] is added to [B, P, N H] without a Reshape); otherwise every axis becomes a dimension.
 */
export function align(to: Lowering, inputs: readonly View[], type: ValueType): Aligned {
  const leader = inputs.find(
    (x) => inputs.every((y) => y === x || readableLike(x, y)) && type.axes.every(({ axis }) => !lacksAxis(x, axis)),
  );
  if (leader !== undefined) return alignedLike(to, leader, inputs, type);
  // One operand keeps its leading ones, so that the result has all of its dimensions.
  const operands = inputs.map((x, i) => {
    const each = type.axes.map(({ axis }) => factorsOf(x, axis));
    return to.read(x, i === 0 ? each : trailing(each));
  });
  return { operands, result: (tensor) => to.result(tensor, type) };
}

function alignedLike(to: Lowering, leader: View, inputs: readonly View[], type: ValueType): Aligned {
  const operands = inputs.map((y) =>
    to.read(y, y === leader ? leader.dimensions : trailing(dimensionsLike(leader, y))),
  );
  return { operands, result: (tensor) => viewLike(leader, tensor, type) };
}

// Leading dimensions of size 1 are understood.
function trailing(dimensions: readonly Dimension[]): readonly Dimension[] {
  const first = dimensions.findIndex((dimension) => dimension.length > 0);
  return first < 0 ? [] : dimensions.slice(first);
}

/** The axes that make up a dimension, or null where an axis is only partly in it. */
function wholeAxes(x: View, dimension: Dimension): readonly ViewAxis[] | null {
  const inside = x.axes.filter(({ factors }) => factors.some((factor) => dimension.includes(factor)));
  const ordered = inside.sort(
    (a, b) => dimension.indexOf(a.factors[0] as Factor) - dimension.indexOf(b.factors[0] as Factor),
  );
  return sameFactors(
    ordered.flatMap(({ factors }) => factors),
    dimension,
  )
    ? ordered
    : null;
}

function readableLike(x: View, y: View): boolean {
  const stretchesX = y.axes.some(({ axis, factors }) => factors.length > 0 && factorsOf(x, axis).length === 0);
  if (stretchesX || !x.dimensions.every((dimension) => fitsDimension(x, y, dimension))) return false;
  return y.source.kind !== 'tensor' || sameOrder(y.dimensions, dimensionsLike(x, y));
}

function fitsDimension(x: View, y: View, dimension: Dimension): boolean {
  const inside = x.axes.filter(({ factors }) => factors.some((factor) => dimension.includes(factor)));
  if (inside.every(({ axis }) => factorsOf(y, axis).length === 0)) return true;
  const whole = wholeAxes(x, dimension);
  if (whole === null) return false;
  return whole.length === 1 || whole.every(({ axis, factors }) => isSameFixedSize(factors, factorsOf(y, axis)));
}

function isSameFixedSize(a: Dimension, b: Dimension): boolean {
  const size = sizeOfDimension(a);
  return size !== 'dynamic' && size === sizeOfDimension(b);
}

function dimensionsLike(x: View, y: View): Dimension[] {
  return x.dimensions.map((dimension) => (wholeAxes(x, dimension) ?? []).flatMap(({ axis }) => factorsOf(y, axis)));
}

/** Another tensor of the leader's form; a dynamic axis of the leader may have been stretched, so its factors are new. */
function viewLike(leader: View, tensor: string, type: ValueType): View {
  const fresh = new Map<Factor, Factor>();
  leader.dimensions.forEach((dimension, place) => {
    for (const factor of dimension) {
      // A dimension of several factors was not stretched: its dynamic ones keep their lengths.
      const origin = dimension.length === 1 ? { tensor, dimension: place } : factor.origin;
      fresh.set(factor, { size: sizeAfter(leader, factor, type), origin });
    }
  });
  const renew = (dimension: Dimension) => dimension.map((factor) => fresh.get(factor) as Factor);
  return {
    source: { kind: 'tensor', name: tensor },
    dtype: type.dtype,
    scale: 1,
    dimensions: leader.dimensions.map(renew),
    axes: type.axes.map(({ axis }: { readonly axis: Axis }) => ({ axis, factors: renew(factorsOf(leader, axis)) })),
  };
}

function sizeAfter(leader: View, factor: Factor, type: ValueType): Factor['size'] {
  const owner = leader.axes.find(({ factors }) => factors.includes(factor));
  return owner?.factors.length === 1 ? sizeOfAxis(type, owner.axis) : factor.size;
}
