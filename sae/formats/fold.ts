/** Changes of a dictionary's weights that change no reconstruction. */
import type { Dictionary, WeightName } from '../dictionary.ts';

export type Weights = ReadonlyMap<WeightName, Float32Array>;

type Foldable = Pick<Dictionary, 'encoder' | 'weights'>;

/**
 * Of a dictionary that reads s x and whose reconstruction is divided by s, the same that reads x: W_enc s, W_dec / s, b_dec / s
 * (SAELens' `fold_activation_norm_scaling_factor`); pre-activations, thresholds and codes stay as they are. Matching pursuit
 * reads with its decoder, which therefore stays: b_dec / s, residual threshold / s, and codes come out divided by s.
 */
export function foldScale({ encoder, weights }: Foldable, s: number): Foldable {
  if (s === 1) return { encoder, weights };
  if (encoder.kind !== 'matchingPursuit') {
    return { encoder, weights: scaled(weights, { W_enc: s, W_dec: 1 / s, b_dec: 1 / s }) };
  }
  const residualThreshold = encoder.residualThreshold / s;
  return { encoder: { ...encoder, residualThreshold }, weights: scaled(weights, { b_dec: 1 / s }) };
}

function scaled(weights: Weights, factors: Partial<Record<WeightName, number>>): Weights {
  const changed = [...weights].map(([name, data]) => {
    const factor = factors[name] ?? 1;
    return [name, factor === 1 ? data : data.map((value) => value * factor)] as const;
  });
  return new Map(changed);
}

/**
 * With n_i = |d_i|: W_dec / n, W_enc n, b_enc n, so that codes are those of unit rows (SAELens' `fold_W_dec_norm`, and what
 * `rescale_acts_by_decoder_norm` does in use). Of encoders that read with W_enc and b_enc.
 */
export function foldDecoderNorms(weights: Weights, width: number): Weights {
  const decoder = weights.get('W_dec') ?? new Float32Array();
  const norms = rowNorms(decoder, width).map((norm) => Math.max(norm, 1e-8));
  const of = (i: number) => norms[i] as number;
  const changed = [...weights].map(([name, data]) => {
    if (name === 'W_dec') return [name, data.map((value, i) => value / of(Math.floor(i / width)))] as const;
    const isEncoder = name === 'W_enc' || name === 'b_enc';
    return [name, isEncoder ? data.map((value, i) => value * of(i % norms.length)) : data] as const;
  });
  return new Map(changed);
}

/** [F] lengths of the rows. */
export function rowNorms(rows: Float32Array, width: number): Float64Array {
  const norms = new Float64Array(rows.length / width);
  for (let i = 0; i < norms.length; i++) {
    let square = 0;
    for (let d = 0; d < width; d++) square += (rows[i * width + d] as number) ** 2;
    norms[i] = Math.sqrt(square);
  }
  return norms;
}

/**
 * SAELens' layer_norm divides by the deviation with D - 1 below, ours (`prepared`) by that with D: its input is ours times
 * sqrt((D - 1) / D). Its 1e-5 beside the deviation is left out.
 */
export function layerNormRatio(width: number): number {
  return Math.sqrt((width - 1) / width);
}
