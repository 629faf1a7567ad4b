/** Normalisations: over the model width, over a head's width, or over all heads together. */
import type { AxisList } from '../../terms/axes.ts';
import type { GraphBuilder } from '../../graph/builder.ts';
import type { Value } from '../../graph/value.ts';
import type { ProgramContext } from '../architecture.ts';
import type { Namer, Weight } from './weights.ts';
import { parameterOf } from './weights.ts';

export interface Norm {
  /** `layer`: subtract the mean, divide by the standard deviation; `rms`: divide by the root mean square. */
  readonly kind: 'layer' | 'rms';
  readonly over: AxisList;
  readonly epsilon: number;
  readonly weight: Weight | PerHead | null;
  readonly bias: Weight | null;
  /** The weight is stored as its difference from 1 (Gemma). */
  readonly plusOne: boolean;
}

/** One [H] tensor for each head. */
export interface PerHead {
  readonly kind: 'perHead';
  readonly axis: 'N' | 'G';
  readonly each: readonly Weight[];
}

/** Layer norm over D with weight and bias named `name.weight`, `name.bias`. */
export function layerNorm(weights: Namer, name: string, epsilon: number, bias = true): Norm {
  const over = { kind: 'layer', over: 'D', epsilon, plusOne: false } as const;
  const weight = weights(`${name}.weight`, 'D', { start: 1 });
  return { ...over, weight, bias: bias ? weights(`${name}.bias`, 'D', { start: 0 }) : null };
}

/** Layer norm of each head over its width; the weight is shared by all heads (H) or each head's own (N H, G H). */
export function headLayerNorm(weights: Namer, name: string, epsilon: number, axes: AxisList = 'H', bias = true): Norm {
  const over = { kind: 'layer', over: 'H', epsilon, plusOne: false } as const;
  const weight = weights(`${name}.weight`, axes, { start: 1, apart: true });
  return { ...over, weight, bias: bias ? weights(`${name}.bias`, axes, { start: 0, apart: true }) : null };
}

/** RMS norm with weight `name.weight` over `over` (D unless said otherwise). */
export function rmsNorm(weights: Namer, name: string, epsilon: number, over: AxisList = 'D', plusOne = false): Norm {
  const weight = weights(`${name}.weight`, over, { start: plusOne ? 0 : 1 });
  return { kind: 'rms', over, epsilon, weight, bias: null, plusOne };
}

/** x normalised over the norm's axes; null passes x. */
export function applyNorm(context: ProgramContext, x: Value, norm: Norm | null): Value {
  if (norm === null) return x;
  const { g } = context;
  const scaled =
    norm.weight === null ? standardise(g, x, norm) : g.multiply(standardise(g, x, norm), gain(context, norm));
  return norm.bias === null ? scaled : g.add(scaled, parameterOf(context, norm.bias));
}

// layer: (x - mean(x)) / sqrt(mean((x - mean(x))^2) + epsilon)     (Ba et al. 2016)
// rms:   x / sqrt(mean(x^2) + epsilon)                             (Zhang and Sennrich 2019)
function standardise(g: GraphBuilder, x: Value, { kind, over, epsilon }: Norm): Value {
  const centred = kind === 'layer' ? g.subtract(x, g.mean(x, over)) : x;
  const variance = g.mean(g.power(centred, 2), over);
  return g.divide(centred, g.sqrt(g.add(variance, epsilon)));
}

function gain(context: ProgramContext, { weight, plusOne }: Norm): Value {
  const { g } = context;
  if (weight === null) throw new TypeError('a norm without a weight has no gain');
  const stored = weight.kind === 'weight' ? parameterOf(context, weight) : perHead(context, weight);
  return plusOne ? g.add(stored, 1) : stored;
}

// [H] for each head -> [H N] or [H G]
function perHead(context: ProgramContext, { axis, each }: PerHead): Value {
  const { g } = context;
  const rows = each.map((weight) => g.unsqueeze(parameterOf(context, weight), axis));
  return g.concat(rows, axis);
}
