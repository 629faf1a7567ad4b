/** The primitive operations and their attributes: the list that every table in this folder is keyed by. */
import type { Axis } from '../terms/axes.ts';
import type { Size } from './value.ts';

type None = Record<never, never>;

/**
 * Two-operand operations broadcast by axis name: the result has the axes of the operand with more of them
 * (which must contain the other's, else the union in the first's order then the second's), sizes 1 and dynamic stretch.
 */
export interface Attributes {
  // Elementwise, two operands.
  add: None;
  subtract: None;
  multiply: None;
  divide: None;
  maximum: None;
  minimum: None;
  /** float, float -> bool */
  less: None;
  equal: None;
  /** where(condition, a, b) */
  where: None;

  // Elementwise, one operand.
  negate: None;
  exp: None;
  log: None;
  sqrt: None;
  tanh: None;
  erf: None;
  sigmoid: None;
  relu: None;
  abs: None;
  sin: None;
  cos: None;
  /** x ** exponent, exponent fixed. */
  power: { readonly exponent: number };
  /** bool or int64 -> float32. */
  toFloat: None;
  /** Identity; gradient zero. */
  stopGradient: None;
  /** 1 where x > 0, else 0. A pseudo-gradient primitive: its gradient is stated, not derived. */
  step: { readonly slope: 'straightThrough' | { readonly rectangleWidth: number } };

  // Products.
  /** Sum over the axes that both operands have and `axes` lacks; axes in both and in `axes` are batch axes (einsum). */
  contract: { readonly axes: readonly Axis[] };

  // Reductions; the axes disappear.
  sum: { readonly over: readonly Axis[] };
  mean: { readonly over: readonly Axis[] };
  max: { readonly over: readonly Axis[] };
  softmax: { readonly over: Axis };
  logSoftmax: { readonly over: Axis };

  // Ranking: no gradient flows through a choice.
  /** Same axes, bool: true for the `count` largest values along `over` together (all, where there are fewer); of equal ones the earlier. */
  largest: { readonly over: readonly Axis[]; readonly count: number };
  /** int64 without the axis: where its largest value is, the first of equal ones. */
  argMax: { readonly over: Axis };

  // Indexing.
  /** gather(table with `axis`, ids int64) -> ids' axes, then the table's other axes (`axis` is the table's first). */
  gather: { readonly axis: Axis };
  /** pick(x with `axis`, ids int64 over x's other axes) -> x's other axes: x at one index of `axis` each. */
  pick: { readonly axis: Axis };
  /** Gradient of gather: rows of `values` added into zeros of `size` rows at `ids`; deterministic with repeated ids. */
  scatterRows: { readonly axis: Axis; readonly size: number };
  /** 1 where `axis` equals the id, else 0; `axis` is appended. */
  oneHot: { readonly axis: Axis; readonly size: number };

  // Shape.
  transpose: { readonly axes: readonly Axis[] };
  /** One axis becomes several, outermost first; at most one of them dynamic. */
  split: { readonly axis: Axis; readonly into: readonly { readonly axis: Axis; readonly size: Size }[] };
  /** Neighbouring axes become one. */
  merge: { readonly axes: readonly Axis[]; readonly into: Axis };
  /** Same data, other letters. */
  rename: { readonly from: Axis; readonly to: Axis };
  /** Indices [from, to) of an axis. */
  slice: { readonly axis: Axis; readonly from: number; readonly to: number };
  /** Zeros before and after along an axis of fixed size (gradient of slice). */
  pad: { readonly axis: Axis; readonly before: number; readonly after: number };
  concat: { readonly axis: Axis };
  /** part(x, ...operands): what operands[index] is of x, were x their concat along the axis (gradient of concat). */
  part: { readonly axis: Axis; readonly index: number };
  /** Drops an axis of size 1. */
  squeeze: { readonly axis: Axis };
  /** Inserts an axis of size 1 at the end. */
  unsqueeze: { readonly axis: Axis };
  /** Stretches x to the shape of a second operand that has all of x's axes. */
  broadcastLike: None;
  /** Sums x down to the axes and sizes of a second operand (gradient of broadcasting). */
  reduceLike: None;

  // Positions.
  /**
   * rotary(x [.. H], cos [.. J], sin [.. J]): turns the first 2 J entries of H, pairs (j, j + J) when not interleaved
   * and (2 j, 2 j + 1) when interleaved; the rest pass. x1' = x1 cos - x2 sin, x2' = x2 cos + x1 sin.
   * An axis of cos and sin has the length that it has in x, or a fixed size of 1.
   * No gradient flows to them.
   */
  rotary: { readonly interleaved: boolean };
}

export type PrimitiveName = keyof Attributes;
