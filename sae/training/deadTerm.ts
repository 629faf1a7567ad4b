/** Terms of the loss that reach features which no code reaches any more. `dead` [F] is 1 for them, else 0. */
import type { GraphBuilder } from '../../engine/graph/builder.ts';
import type { Value } from '../../engine/graph/value.ts';
import { Fault } from '../../engine/terms/fault.ts';
import { batchVariance, meanOfSquares } from '../variants/pieces.ts';
import type { Forward, Variant } from '../variants/variant.ts';
import type { DeadRemedy } from './trainingSettings.ts';

interface DeadInput {
  /** [B D] */
  readonly x: Value;
  readonly decoder: Value;
  readonly dead: Value;
  /** Scalar: the reconstruction's part of the loss. */
  readonly error: Value;
}

// A share of nothing is 0, not NaN.
const tiny = 1e-12;

/** The term, or null where there is none. Throws Fault where the variant has no pre-activations to rank. */
export function deadTerm(
  g: GraphBuilder,
  remedy: DeadRemedy,
  forward: Forward,
  input: DeadInput,
  variant: Pick<Variant, 'id'>,
): Value | null {
  switch (remedy.kind) {
    case 'none':
      return null;
    case 'auxK':
      return auxK(g, remedy, ranked(forward, variant, remedy.kind), forward, input);
    case 'ghost':
      return ghost(g, remedy.weight, ranked(forward, variant, remedy.kind), forward, input);
    case 'push':
      return push(g, remedy.weight, forward, input);
  }
}

function ranked({ preActivations }: Forward, { id }: Pick<Variant, 'id'>, remedy: string): Value {
  if (preActivations !== null) return preActivations;
  const expected = 'push or resampling, for its features have no pre-activations';
  throw new Fault({ what: `dead features of ${id}`, expected, got: remedy });
}

/** e = x - x^, held. */
function residual(g: GraphBuilder, { reconstruction }: Forward, { x }: DeadInput): Value {
  return g.stopGradient(g.subtract(x, reconstruction));
}

/**
 * alpha min(dead / count, 1) (1/B) sum |f_a W_dec - e|^2 / ((1/B) sum |e - mean e|^2), f_a = max(p, 0) of the `count` largest
 * dead p of each sample, the denominator held (Gao et al. 2024, appendix A.2; the factor is SAELens').
 */
function auxK(
  g: GraphBuilder,
  { count, weight }: { readonly count: number; readonly weight: number },
  p: Value,
  forward: Forward,
  input: DeadInput,
): Value {
  const { dead, decoder } = input;
  const isDead = g.less(0, dead);
  // Those alive rank below all dead ones, and count for nothing where there are too few dead.
  const candidates = g.where(isDead, g.stopGradient(p), -3e38);
  const chosen = g.where(g.largest(candidates, 'F', count), g.multiply(g.relu(p), dead), 0);
  const e = residual(g, forward, input);
  const error = meanOfSquares(g, g.subtract(g.contract(chosen, decoder, 'B D'), e));
  const share = g.minimum(g.multiply(g.sum(dead, 'F'), 1 / count), 1);
  return g.multiply(g.divide(error, g.add(batchVariance(g, e), tiny)), g.multiply(share, weight));
}

/**
 * Ghost gradients: with f_g = e^p of dead features, scaled so that f_g W_dec is half as long as e, sample by sample:
 * weight G (L / G held), G = (1/B) sum |f_g W_dec - e|^2 and L the reconstruction's part of the loss, so that the term is as
 * large as that part; the scale is held (Jermyn and Templeton 2024).
 */
function ghost(g: GraphBuilder, weight: number, p: Value, forward: Forward, input: DeadInput): Value {
  const { dead, decoder } = input;
  const e = residual(g, forward, input);
  // e^p of a feature that is alive could be beyond float32.
  const codes = g.multiply(g.exp(g.minimum(p, 30)), dead);
  const written = g.contract(codes, decoder, 'B D');
  const length = (value: Value) => g.sqrt(g.sum(g.power(g.stopGradient(value), 2), 'D'));
  const scale = g.divide(length(e), g.add(g.multiply(length(written), 2), tiny));
  const error = meanOfSquares(g, g.subtract(g.multiply(written, g.stopGradient(scale)), e));
  const any = g.minimum(g.sum(dead, 'F'), 1);
  const ratio = g.stopGradient(g.divide(input.error, g.add(error, tiny)));
  return g.multiply(g.multiply(error, ratio), g.multiply(any, weight));
}

/** - weight (1/B) sum over b and dead i of e_b . d_i, per dead feature: with a constraint on rows it turns them towards e. */
function push(g: GraphBuilder, weight: number, forward: Forward, input: DeadInput): Value {
  const { dead, decoder } = input;
  const along = g.contract(g.mean(residual(g, forward, input), 'B'), decoder, 'F');
  const total = g.divide(g.sum(g.multiply(along, dead), 'F'), g.maximum(g.sum(dead, 'F'), 1));
  return g.multiply(total, -weight);
}
