/** MLPs: plain (up, activation, down) and gated (activation of the gate times up, down). */
import type { Value } from '../../graph/value.ts';
import type { ProgramContext } from '../architecture.ts';
import type { ActivationName } from './activations.ts';
import { activations } from './activations.ts';
import type { Norm } from './norms.ts';
import { applyNorm } from './norms.ts';
import type { Linear, Weight } from './weights.ts';
import { applyLinear, parameterOf } from './weights.ts';

export interface Mlp {
  readonly activation: ActivationName;
  /** Null in a plain MLP. */
  readonly gate: Linear | null;
  readonly up: Linear;
  readonly down: Linear;
  /** Added after the gate (TransformerLens). */
  readonly innerBias?: Weight | null;
  /** A norm over M before the down projection (SoLU models). */
  readonly norm?: Norm | null;
}

/** x [B P D] -> [B P D]; marks mlpPre and mlpAct. */
export function applyMlp(context: ProgramContext, x: Value, mlp: Mlp): Value {
  const { g } = context;
  const pre = context.site('mlpPre', applyLinear(context, x, mlp.gate ?? mlp.up, 'B P M'));
  const active = activations[mlp.activation](g, pre);
  const gated = mlp.gate === null ? active : g.multiply(active, applyLinear(context, x, mlp.up, 'B P M'));
  const biased = mlp.innerBias ? g.add(gated, parameterOf(context, mlp.innerBias)) : gated;
  const act = context.site('mlpAct', applyNorm(context, biased, mlp.norm ?? null));
  return applyLinear(context, act, mlp.down, 'B P D');
}
