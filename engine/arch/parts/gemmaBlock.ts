/** What the Gemma families share: norms with 1 + weight, the embedding's scale, and blocks normed on both sides. */
import type { ModelShape } from '../architecture.ts';
import type { Block } from './decoder.ts';
import type { LayerSettings } from './gatedDecoder.ts';
import type { AttentionOptions } from './llamaBlock.ts';
import { attentionOf, gatedMlp } from './llamaBlock.ts';
import type { Norm } from './norms.ts';
import { rmsNorm } from './norms.ts';
import type { Namer } from './weights.ts';

/** Config keys of Gemma 2 and 3 beyond those of `gatedDecoder`. */
export const gemmaBlockKeys = [
  'hidden_activation',
  'attention_bias',
  'query_pre_attn_scalar',
  'final_logit_softcapping',
  'sliding_window',
  'layer_types',
] as const;

export function gemmaNorm(weights: Namer, name: string, epsilon: number): Norm {
  return rmsNorm(weights, name, epsilon, 'D', true);
}

/** sqrt(D) in float32. */
export function gemmaEmbeddingScale({ width }: ModelShape): number {
  return Math.fround(Math.sqrt(width));
}

/** Norms before and after both attention and MLP. */
export function twiceNormedBlock(
  shape: ModelShape,
  weights: Namer,
  { epsilon, activation }: LayerSettings,
  attention: AttentionOptions,
): Block {
  return {
    order: 'sequential',
    attention: {
      norm: gemmaNorm(weights, 'input_layernorm', epsilon),
      part: attentionOf(shape, weights, attention),
      outNorm: gemmaNorm(weights, 'post_attention_layernorm', epsilon),
    },
    mlp: {
      norm: gemmaNorm(weights, 'pre_feedforward_layernorm', epsilon),
      part: gatedMlp(weights, activation),
      outNorm: gemmaNorm(weights, 'post_feedforward_layernorm', epsilon),
    },
  };
}
