/** Attention: projections, head norms, rotary, grouped keys and values, soft cap, position bias, output. */
import type { Value } from '../../graph/value.ts';
import { axisNames } from '../../graph/value.ts';
import type { BlockContext } from '../architecture.ts';
import type { Alibi } from './alibi.ts';
import { addAlibi } from './alibi.ts';
import type { Norm } from './norms.ts';
import { applyNorm } from './norms.ts';
import type { ProjectionInputs, Projections } from './projections.ts';
import { project } from './projections.ts';
import type { Linear, Weight } from './weights.ts';
import { parameterOf } from './weights.ts';

export interface Attention {
  /** N and G: query heads and key-value heads. */
  readonly heads: number;
  readonly kvHeads: number;
  readonly projections: Projections;
  readonly out: Linear;
  readonly queryNorm: Norm | null;
  readonly keyNorm: Norm | null;
  /** `interleaved`: pairs (2 j, 2 j + 1); otherwise (j, j + J). Null: positions don't turn queries and keys. */
  readonly rotary: { readonly interleaved: boolean } | null;
  /** scores = q . k * scale */
  readonly scale: number;
  /** scores = cap * tanh(scores / cap) */
  readonly softCap: number | null;
  readonly alibi: Alibi | null;
  /** S D: table of positions added to the inputs of queries and keys, not of values (Shortformer, Press et al. 2021). */
  readonly positions: Weight | null;
}

/**
 * x [B P D], keyStream [B T D] or null (keys come from x) -> [B P D], output bias included.
 * Marks q, k, v, scores, pattern, z and headWrite.
 */
export function applyAttention(context: BlockContext, x: Value, keyStream: Value | null, attention: Attention): Value {
  const query = place(context, x, true, attention);
  const key = keyStream === null ? query : place(context, keyStream, false, attention);
  const projected = project(context, { query, key, value: keyStream ?? x }, attention.projections);
  const turned = queryOf(context, projected.query, attention);
  const { keys, values } = keysAndValues(context, projected, keyStream === null, attention);
  const pattern = patternOf(context, scoresOf(context, turned, keys, attention), attention);
  const z = context.site('z', mixValues(context, pattern, values, attention));
  return outputOf(context, z, attention);
}

function place(context: BlockContext, x: Value, ofQueries: boolean, { positions }: Attention): Value {
  if (positions === null) return x;
  const { queries, keys } = context.positions();
  return context.g.add(x, context.g.gather(parameterOf(context, positions), ofQueries ? queries : keys, 'S'));
}

// Turned and scaled queries [B G R P H] ([B G P H] where every head has its own keys).
function queryOf(context: BlockContext, projected: Value, attention: Attention): Value {
  const { g } = context;
  const q = applyNorm(context, context.site('q', projected), attention.queryNorm);
  const turned = attention.rotary === null ? q : turn(context, q, true, attention.rotary.interleaved);
  const scaled = attention.scale === 1 ? turned : g.multiply(turned, attention.scale);
  if (isGrouped(attention)) return g.transpose(splitHeads(context, scaled, attention), 'B G R P H');
  return g.transpose(g.rename(scaled, 'N', 'G'), 'B G P H');
}

// Keys (normed and turned) and values of all positions, [B G K H] each.
function keysAndValues(
  context: BlockContext,
  projected: ProjectionInputs,
  ofQueries: boolean,
  attention: Attention,
): { keys: Value; values: Value } {
  const position = ofQueries ? 'P' : 'T';
  const key = applyNorm(context, context.site('k', projected.key), attention.keyNorm);
  const turned = attention.rotary === null ? key : turn(context, key, ofQueries, attention.rotary.interleaved);
  const value = context.site('v', projected.value);
  const axes = `B G ${position} H`;
  return context.remember(context.g.transpose(turned, axes), context.g.transpose(value, axes));
}

function turn(context: BlockContext, x: Value, ofQueries: boolean, interleaved: boolean): Value {
  const { cos, sin } = ofQueries ? context.rotary() : context.rotaryOfKeys();
  return context.g.rotary(x, cos, sin, interleaved);
}

// [B G (R) P H], [B G K H] -> [B N P K]
function scoresOf(context: BlockContext, query: Value, keys: Value, attention: Attention): Value {
  const { g } = context;
  const raw = mergeHeads(context, g.contract(query, keys, isGrouped(attention) ? 'B G R P K' : 'B G P K'));
  const capped = attention.softCap === null ? raw : softCap(context, raw, attention.softCap);
  return context.site('scores', attention.alibi === null ? capped : addAlibi(context, capped, attention.alibi));
}

function softCap(context: BlockContext, x: Value, cap: number): Value {
  const { g } = context;
  return g.multiply(g.tanh(g.divide(x, cap)), cap);
}

function patternOf(context: BlockContext, scores: Value, attention: Attention): Value {
  const { g } = context;
  const pattern = context.site('pattern', g.softmax(g.add(scores, context.mask()), 'K'));
  return isGrouped(attention) ? splitHeads(context, pattern, attention) : g.rename(pattern, 'N', 'G');
}

// [B G (R) P K], [B G K H] -> [B P N H]
function mixValues(context: BlockContext, pattern: Value, values: Value, attention: Attention): Value {
  const { g } = context;
  const grouped = isGrouped(attention);
  const mixed = g.contract(pattern, values, grouped ? 'B G R P H' : 'B G P H');
  return mergeHeads(context, g.transpose(mixed, grouped ? 'B P G R H' : 'B P G H'));
}

// Per head only where somebody looks: N times the memory of the sum.
function outputOf(context: BlockContext, z: Value, { out }: Attention): Value {
  const { g } = context;
  const weight = parameterOf(context, out.weight);
  const sum = context.wants('headWrite')
    ? g.sum(context.site('headWrite', g.contract(z, weight, 'B P N D')), 'N')
    : g.contract(z, weight, 'B P D');
  return out.bias === null ? sum : g.add(sum, parameterOf(context, out.bias));
}

function isGrouped({ heads, kvHeads }: Attention): boolean {
  return heads !== kvHeads;
}

function splitHeads(context: BlockContext, x: Value, { heads, kvHeads }: Attention): Value {
  return context.g.split(x, 'N', 'G R', { G: kvHeads, R: heads / kvHeads });
}

function mergeHeads(context: BlockContext, x: Value): Value {
  const grouped = axisNames(x.type).includes('R');
  return grouped ? context.g.merge(x, 'G R', 'N') : context.g.rename(x, 'G', 'N');
}
