/** AdamW and gradient clipping, as graphs. */
import type { WeightSource } from '../arch/architecture.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import type { Value } from '../graph/value.ts';

export interface AdamWSettings {
  readonly betas: readonly [first: number, second: number];
  readonly epsilon: number;
  /** Share of a weight that is taken away at each step, times the learning rate. */
  readonly weightDecay: number;
  /** Largest length of the whole gradient; null: not clipped. */
  readonly clip: number | null;
}

/** One weight with its gradient and moments, all of one shape. */
export interface Moments {
  readonly weight: Value;
  readonly gradient: Value;
  readonly first: Value;
  readonly second: Value;
}

export interface Updated {
  readonly weight: Value;
  readonly first: Value;
  readonly second: Value;
}

/** What changes from step to step: scalars that are fed. */
export interface StepScalars {
  readonly learningRate: Value;
  /** 1 / (1 - beta1^t) and 1 / (1 - beta2^t), t counted from 1. */
  readonly firstCorrection: Value;
  readonly secondCorrection: Value;
}

/** Length of all gradients together: sqrt(sum of squares). A scalar. */
export function gradientNorm(g: GraphBuilder, gradients: readonly Value[]): Value {
  const squares = gradients.map((value) => g.contract(value, value, ''));
  return g.sqrt(squares.reduce((sum, square) => g.add(sum, square)));
}

/** min(1, clip / (norm + 1e-6)) (Pascanu et al. 2013, algorithm 1): what gradients are multiplied with. */
export function clipFactor(g: GraphBuilder, norm: Value, clip: number): Value {
  return g.minimum(g.divide(g.constant(clip), g.add(norm, 1e-6)), 1);
}

/**
 * One step of AdamW (Loshchilov and Hutter 2019, algorithm 2, lines 6 to 12; decay only where `decays`):
 * m' = beta1 m + (1 - beta1) g,  v' = beta2 v + (1 - beta2) g^2,
 * w' = w (1 - rate decay) - rate (m' c1) / (sqrt(v' c2) + epsilon),  c_i = 1 / (1 - beta_i^t).
 */
export function adamW(
  g: GraphBuilder,
  { weight, gradient, first, second }: Moments,
  { learningRate, firstCorrection, secondCorrection }: StepScalars,
  { betas: [beta1, beta2], epsilon, weightDecay }: AdamWSettings,
  decays: boolean,
): Updated {
  const m = g.add(g.multiply(first, beta1), g.multiply(gradient, 1 - beta1));
  const v = g.add(g.multiply(second, beta2), g.multiply(g.power(gradient, 2), 1 - beta2));
  const scale = g.add(g.sqrt(g.multiply(v, secondCorrection)), epsilon);
  const change = g.divide(g.multiply(m, g.multiply(learningRate, firstCorrection)), scale);
  const kept =
    decays && weightDecay > 0 ? g.multiply(weight, g.subtract(1, g.multiply(learningRate, weightDecay))) : weight;
  return { weight: g.subtract(kept, change), first: m, second: v };
}

/** 1 / (1 - beta^t): undoes the pull of moments towards their start at zero (Kingma and Ba 2015, section 3). */
export function biasCorrection(beta: number, step: number): number {
  return 1 / (1 - beta ** step);
}

/** Matrices and tables decay; gains and biases, which start at a stated value, don't (the field's usual rule). */
export function decays({ start }: Pick<WeightSource, 'start'>): boolean {
  return start === undefined;
}
