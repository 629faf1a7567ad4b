/** Losses as graphs: scalars to differentiate. */
import type { GraphBuilder } from '../graph/builder.ts';
import type { Value } from '../graph/value.ts';
import { axisNames } from '../graph/value.ts';

/**
 * Cross entropy of the next token, in nats, averaged with a weight per token:
 * L = sum_bp w_bp (-log softmax(logits_bp)[target_bp]) / sum_bp w_bp.
 * logits [B P V], targets int64 [B P], weights [B P] (at least one above 0) -> scalar.
 */
export function crossEntropy(g: GraphBuilder, logits: Value, targets: Value, weights: Value): Value {
  const logProbability = g.pick(g.logSoftmax(logits, 'V'), targets, 'V');
  const total = g.sum(g.multiply(weights, logProbability), axisNames(weights.type).join(' '));
  return g.negate(g.divide(total, g.sum(weights, axisNames(weights.type).join(' '))));
}

/** Mean squared error: mean over all axes of (x - target)^2. Both of one shape -> scalar. */
export function meanSquaredError(g: GraphBuilder, x: Value, target: Value): Value {
  return g.mean(g.power(g.subtract(x, target), 2), axisNames(x.type).join(' '));
}

/**
 * KL(p || q) in nats, averaged over every axis but V: mean over b, p of sum_v p_v (log p_v - log q_v),
 * with log p = log softmax(from) and log q = log softmax(to), logits [.. V] of one shape -> scalar.
 * No gradient flows to `from`: it is what is aimed at.
 */
export function klDivergence(g: GraphBuilder, from: Value, to: Value): Value {
  const logP = g.stopGradient(g.logSoftmax(from, 'V'));
  const each = g.sum(g.multiply(g.exp(logP), g.subtract(logP, g.logSoftmax(to, 'V'))), 'V');
  const over = axisNames(each.type).join(' ');
  return over === '' ? each : g.mean(each, over);
}
