/** A decoder with Llama's layout: RMS norms before attention and a gated MLP. Families say how they differ. */
import type { Family, ModelShape } from '../architecture.ts';
import type { ActivationName } from './activations.ts';
import { activationNames } from './activations.ts';
import type { Attention } from './attention.ts';
import type { ConfigReader } from './config.ts';
import { limits } from './config.ts';
import type { Block, Decoder } from './decoder.ts';
import { decoderFamily } from './decoder.ts';
import type { Checkpoint } from './llamaBlock.ts';
import { attentionOf, checkpointOf, gatedMlp, tokenEmbedding, vocabularyWeight } from './llamaBlock.ts';
import type { Mlp } from './mlp.ts';
import type { Norm } from './norms.ts';
import { rmsNorm } from './norms.ts';
import { readRotary, rotaryKeys } from './rotaryConfig.ts';
import { shapeKeys } from './shape.ts';
import type { Namer } from './weights.ts';

/** Config keys that `gatedDecoder` understands. */
export const gatedDecoderKeys = [
  ...shapeKeys,
  ...rotaryKeys,
  'rms_norm_eps',
  'hidden_act',
  'tie_word_embeddings',
] as const;

export interface LayerSettings {
  readonly layer: number;
  readonly epsilon: number;
  readonly activation: ActivationName;
}

export type NormMaker = (weights: Namer, name: string, epsilon: number) => Norm;

/** What differs from Llama; everything left out is as in Llama without biases. */
export interface GatedDecoderOptions {
  readonly attention?: (weights: Namer, settings: LayerSettings) => Attention;
  readonly mlp?: (weights: Namer, settings: LayerSettings) => Mlp;
  readonly norm?: NormMaker;
  /** The whole block, where norms lie elsewhere. */
  readonly block?: (weights: Namer, settings: LayerSettings) => Block;
  readonly windowOf?: (layer: number) => number | null;
  /** The embedding is the unembedding where the config doesn't say. */
  readonly tied?: boolean;
  readonly epsilonKey?: string;
  readonly epsilon?: number;
  readonly activation?: ActivationName;
  readonly activationKey?: string;
  readonly rotary?: Pick<Decoder, 'rotary' | 'rotaryOf'>;
  readonly embeddingScale?: number;
  readonly logits?: { readonly scale?: number; readonly softCap?: number | null };
  readonly headBias?: boolean;
  readonly checkpoint?: Checkpoint;
}

export function gatedDecoder(read: ConfigReader, shape: ModelShape, options: GatedDecoderOptions): Family {
  const checkpoint = options.checkpoint ?? checkpointOf(shape);
  const settings = readSettings(read, options);
  const tied = read.boolean('tie_word_embeddings', options.tied ?? false);
  const norm = options.norm ?? rmsNorm;
  const rotary = options.rotary ?? {
    rotary: [readRotary(read, { headWidth: shape.headWidth, context: shape.context })],
  };
  return decoderFamily({
    shape,
    ...rotary,
    embedding: tokenEmbedding(checkpoint, options.embeddingScale ?? 1),
    block: (layer) => blockOf(shape, checkpoint.layer(layer), { ...settings, layer }, options),
    ...(options.windowOf === undefined ? {} : { windowOf: options.windowOf }),
    unembedding: {
      norm: norm(checkpoint.model, 'norm', settings.epsilon),
      weight: vocabularyWeight(checkpoint, tied),
      bias: options.headBias === true ? checkpoint.head('lm_head.bias', 'V', { start: 0 }) : null,
      ...options.logits,
    },
  });
}

function readSettings(read: ConfigReader, options: GatedDecoderOptions): Omit<LayerSettings, 'layer'> {
  return {
    epsilon: read.number(options.epsilonKey ?? 'rms_norm_eps', limits.epsilon, options.epsilon ?? 1e-6),
    activation: read.choice(options.activationKey ?? 'hidden_act', activationNames, options.activation ?? 'silu'),
  };
}

function blockOf(shape: ModelShape, weights: Namer, settings: LayerSettings, options: GatedDecoderOptions): Block {
  if (options.block !== undefined) return options.block(weights, settings);
  const norm = options.norm ?? rmsNorm;
  return {
    order: 'sequential',
    attention: {
      norm: norm(weights, 'input_layernorm', settings.epsilon),
      part: options.attention?.(weights, settings) ?? attentionOf(shape, weights),
    },
    mlp: {
      norm: norm(weights, 'post_attention_layernorm', settings.epsilon),
      part: options.mlp?.(weights, settings) ?? gatedMlp(weights, settings.activation),
    },
  };
}
