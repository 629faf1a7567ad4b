/** Final norm and projection to the vocabulary, with the scale and soft cap that some families put on the logits. */
import type { Value } from '../../graph/value.ts';
import type { ProgramContext } from '../architecture.ts';
import type { Norm } from './norms.ts';
import { applyNorm } from './norms.ts';
import type { Weight } from './weights.ts';
import { parameterOf } from './weights.ts';

export interface Unembedding {
  readonly norm: Norm | null;
  /** D to F, before the vocabulary (OPT with a narrower embedding). */
  readonly projection?: Weight | null;
  readonly weight: Weight;
  readonly bias: Weight | null;
  readonly scale?: number;
  /** logits = cap * tanh(logits / cap) */
  readonly softCap?: number | null;
}

/** residPost [B P D] -> logits [B P V]; marks finalNorm (where there is a norm) and logits. */
export function applyUnembedding(context: ProgramContext, residPost: Value, unembedding: Unembedding): Value {
  const { g } = context;
  const { norm, projection = null, bias, scale = 1 } = unembedding;
  const normed = norm === null ? residPost : context.site('finalNorm', applyNorm(context, residPost, norm));
  const narrow = projection === null ? normed : g.contract(normed, parameterOf(context, projection), 'B P F');
  const raw = g.contract(narrow, parameterOf(context, unembedding.weight), 'B P V');
  const biased = bias === null ? raw : g.add(raw, parameterOf(context, bias));
  const scaled = scale === 1 ? biased : g.multiply(biased, scale);
  return context.site('logits', softCapped(context, scaled, unembedding.softCap ?? null));
}

function softCapped(context: ProgramContext, logits: Value, cap: number | null): Value {
  if (cap === null) return logits;
  const { g } = context;
  return g.multiply(g.tanh(g.divide(logits, cap)), cap);
}
