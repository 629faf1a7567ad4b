/** How queries, keys and values are stored: as three weights, or fused into one. */
import type { Value } from '../../graph/value.ts';
import { axisNames } from '../../graph/value.ts';
import type { BlockContext } from '../architecture.ts';
import type { Linear } from './weights.ts';
import { activationAxes, applyLinear } from './weights.ts';

export type Projections =
  | { readonly kind: 'separate'; readonly q: Linear; readonly k: Linear; readonly v: Linear }
  /**
   * One weight with axes G, C, H (in any order) and D: along C come R queries, then the key, then the value of a
   * key-value head.
   */
  | { readonly kind: 'fused'; readonly weight: Linear; readonly queries: number };

/** x [B P D] -> [B P N H] */
export function projectQuery(context: BlockContext, x: Value, projections: Projections): Value {
  if (projections.kind === 'separate') return applyLinear(context, x, projections.q, 'B P N H');
  const { g } = context;
  const fused = applyFused(context, x, projections.weight);
  if (projections.queries === 1) return g.rename(g.select(fused, 'C', 0), 'G', 'N');
  return g.merge(g.slice(fused, 'C', 0, projections.queries), 'G C', 'N');
}

/** Inputs of the key and value projections, [B P D] or [B T D]: the same value but where positions are added to one. */
export interface KeyInputs {
  readonly forKey: Value;
  readonly forValue: Value;
}

/** [B P D] or [B T D] -> [B P G H] or [B T G H] each */
export function projectKeys(
  context: BlockContext,
  { forKey, forValue }: KeyInputs,
  projections: Projections,
): { key: Value; value: Value } {
  if (projections.kind === 'fused') return selectKeys(context, applyFused(context, forKey, projections.weight), projections);
  const axes = `${axisNames(forKey.type).slice(0, 2).join(' ')} G H`;
  return {
    key: applyLinear(context, forKey, projections.k, axes),
    value: applyLinear(context, forValue, projections.v, axes),
  };
}

function selectKeys({ g }: BlockContext, fused: Value, { queries }: { readonly queries: number }) {
  return { key: g.select(fused, 'C', queries), value: g.select(fused, 'C', queries + 1) };
}

function applyFused(context: BlockContext, x: Value, weight: Linear): Value {
  return applyLinear(context, x, weight, activationAxes(x, weight.weight, 'D'));
}
