/** Pieces that losses and encoders share, as graphs. x [B D], codes f [B F]. */
import type { GraphBuilder } from '../../engine/graph/builder.ts';
import type { Value } from '../../engine/graph/value.ts';
import type { WeightName } from '../dictionary.ts';
import type { LossInput, Trained, VariantWeight } from './variant.ts';

type Reads = Pick<LossInput, 'x' | 'weight' | 'subtractsBias'>;

/** c = x - b_dec, or x where the bias is not subtracted. */
export function encoderInput(g: GraphBuilder, { x, weight, subtractsBias }: Reads): Value {
  return subtractsBias ? g.subtract(x, weight('b_dec')) : x;
}

/**
 * c W_enc [B F]. b_dec's gradient is - W_enc (sum over b of what comes back), one product of a matrix and a vector: it flows
 * through a term of value 0, for through c it would cost a product as large as the encoder's own.
 */
export function encoderProduct(g: GraphBuilder, { x, weight, subtractsBias }: Reads): Value {
  const encoder = weight('W_enc');
  if (!subtractsBias) return g.contract(x, encoder, 'B F');
  const [bias, held] = [weight('b_dec'), g.stopGradient(weight('b_dec'))];
  const product = g.contract(g.subtract(x, held), encoder, 'B F');
  return g.add(product, g.contract(g.subtract(held, bias), encoder, 'F'));
}

/** p = c W_enc + b_enc */
export function preActivations(g: GraphBuilder, input: Reads): Value {
  return g.add(encoderProduct(g, input), input.weight('b_enc'));
}

/** x^ = f W_dec + b_dec */
export function decode(g: GraphBuilder, codes: Value, weight: LossInput['weight']): Value {
  return g.add(g.contract(codes, weight('W_dec'), 'B D'), weight('b_dec'));
}

/** (1/B) sum over b and d of (x^ - x)^2 */
export function squaredError(g: GraphBuilder, reconstruction: Value, x: Value): Value {
  return meanOfSquares(g, g.subtract(reconstruction, x));
}

/** (1/B) sum over b and d of r^2 */
export function meanOfSquares(g: GraphBuilder, residual: Value): Value {
  return g.mean(g.sum(g.power(residual, 2), 'D'), 'B');
}

/** (1/B) sum over b and d of (x - mean over the batch of x)^2; nothing flows back. */
export function batchVariance(g: GraphBuilder, x: Value): Value {
  return g.stopGradient(meanOfSquares(g, g.subtract(x, g.mean(x, 'B'))));
}

/** [F] lengths of the decoder's rows. */
export function rowNorms(g: GraphBuilder, decoder: Value): Value {
  return g.sqrt(g.sum(g.power(decoder, 2), 'D'));
}

/** The weights of a plain encoder and decoder (W_enc starts as the decoder's transpose). */
export function plainWeights(): readonly VariantWeight[] {
  return [encoderMatrix, zeros('b_enc'), ...decoderWeights()];
}

export const encoderMatrix: VariantWeight = { name: 'W_enc', axes: 'D F', start: { kind: 'transposedDecoder' } };

export function decoderWeights(): readonly VariantWeight[] {
  return [
    { name: 'W_dec', axes: 'F D', start: { kind: 'directions' } },
    { name: 'b_dec', axes: 'D', start: { kind: 'centre' } },
  ];
}

/** A weight over features that starts at 0. */
export function zeros(name: string): VariantWeight {
  return { name, axes: 'F', start: { kind: 'constant', value: 0 } };
}

/** Trained weights that are exported as they are. */
export function kept({ weights }: Trained, names: readonly WeightName[]): Map<WeightName, Float32Array> {
  return new Map(names.map((name) => [name, trainedWeight(weights, name)] as const));
}

export function trainedWeight(weights: Trained['weights'], name: string): Float32Array {
  const found = weights.get(name);
  if (found === undefined) throw new RangeError(`dictionary: no trained weight ${name}`);
  return found;
}

/** RangeError where training did not follow it. */
export function trackedValue({ tracked }: Trained, name: string): number {
  const found = tracked.get(name);
  if (found === undefined) throw new RangeError(`dictionary: no tracked value ${name}`);
  return found;
}

export const plainNames = ['W_enc', 'b_enc', 'W_dec', 'b_dec'] as const satisfies readonly WeightName[];
