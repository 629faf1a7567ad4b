/** Token and position embedding, with the scale, norm and projection that some families put after them. */
import type { Value } from '../../graph/value.ts';
import type { ProgramContext } from '../architecture.ts';
import type { Norm } from './norms.ts';
import { applyNorm } from './norms.ts';
import type { Weight } from './weights.ts';
import { parameterOf } from './weights.ts';

export interface Embedding {
  /** V D; or V F where `projection` goes from F to D. */
  readonly tokens: Weight;
  readonly projection?: Weight | null;
  readonly scale?: number;
  /** Before the positions are added. */
  readonly tokenNorm?: Norm | null;
  /** S D: row of each position. */
  readonly positions: Weight | null;
  readonly norm?: Norm | null;
}

/** ids, positions int64 [B P] -> [B P D]; marks embed. */
export function applyEmbedding(context: ProgramContext, ids: Value, positions: Value, embedding: Embedding): Value {
  const { g } = context;
  const found = g.gather(parameterOf(context, embedding.tokens), ids, 'V');
  const wide = embedding.projection ? g.contract(found, parameterOf(context, embedding.projection), 'B P D') : found;
  const scaled = (embedding.scale ?? 1) === 1 ? wide : g.multiply(wide, embedding.scale ?? 1);
  const normed = applyNorm(context, scaled, embedding.tokenNorm ?? null);
  const placed =
    embedding.positions === null
      ? normed
      : g.add(normed, g.gather(parameterOf(context, embedding.positions), positions, 'S'));
  return context.site('embed', applyNorm(context, placed, embedding.norm ?? null));
}
