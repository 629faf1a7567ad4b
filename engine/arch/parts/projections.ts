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

/** What is projected, [B P D] or [B T D] each: often one value, but where positions are added or keys come from elsewhere. */
export interface ProjectionInputs {
  readonly query: Value;
  readonly key: Value;
  readonly value: Value;
}

/** Query [B P N H], key and value [B P G H] or [B T G H]. */
export function project(context: BlockContext, inputs: ProjectionInputs, projections: Projections): ProjectionInputs {
  return projections.kind === 'fused'
    ? projectFused(context, inputs, projections)
    : projectEach(context, inputs, projections);
}

function projectEach(
  context: BlockContext,
  inputs: ProjectionInputs,
  { q, k, v }: Extract<Projections, { kind: 'separate' }>,
): ProjectionInputs {
  const axes = `${axisNames(inputs.key.type).slice(0, 2).join(' ')} G H`;
  return {
    query: applyLinear(context, inputs.query, q, 'B P N H'),
    key: applyLinear(context, inputs.key, k, axes),
    value: applyLinear(context, inputs.value, v, axes),
  };
}

// One product for all three where they have one input.
function projectFused(
  context: BlockContext,
  inputs: ProjectionInputs,
  { weight, queries }: Extract<Projections, { kind: 'fused' }>,
): ProjectionInputs {
  const { g } = context;
  const fused = (x: Value) => applyLinear(context, x, weight, activationAxes(x, weight.weight, 'D'));
  const forQuery = fused(inputs.query);
  const forKey = inputs.key === inputs.query ? forQuery : fused(inputs.key);
  const forValue = inputs.value === inputs.key ? forKey : fused(inputs.value);
  return {
    query: selectQueries(context, forQuery, queries),
    key: g.select(forKey, 'C', queries),
    value: g.select(forValue, 'C', queries + 1),
  };
}

function selectQueries({ g }: BlockContext, fused: Value, queries: number): Value {
  if (queries === 1) return g.rename(g.select(fused, 'C', 0), 'G', 'N');
  return g.merge(g.slice(fused, 'C', 0, queries), 'G C', 'N');
}
