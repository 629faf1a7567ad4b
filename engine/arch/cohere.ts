/** Cohere (Command R): attention and MLP in parallel after one layer norm without bias, rotary in pairs, scaled logits. */
import type { Architecture } from './architecture.ts';
import { ConfigReader, limits } from './parts/config.ts';
import { gatedDecoder, gatedDecoderKeys } from './parts/gatedDecoder.ts';
import { attentionOf, gatedMlp } from './parts/llamaBlock.ts';
import type { Norm } from './parts/norms.ts';
import { headLayerNorm, layerNorm } from './parts/norms.ts';
import { readRotary } from './parts/rotaryConfig.ts';
import { readShape } from './parts/shape.ts';
import type { Namer } from './parts/weights.ts';

export const cohere: Architecture = {
  id: 'cohere',
  title: 'Cohere',
  modelTypes: ['cohere'],
  lacks: { residMid: 'in every model: its blocks are parallel' },
  handled: [...gatedDecoderKeys, 'layer_norm_eps', 'attention_bias', 'use_qk_norm', 'logit_scale'],
  ignored: ['model_max_length'],
  fixed: {},
  describe(config) {
    const read = new ConfigReader(config);
    const shape = readShape(read, { context: 8192 });
    const bias = read.boolean('attention_bias', false);
    const normsHeads = read.boolean('use_qk_norm', false);
    return gatedDecoder(read, shape, {
      tied: true,
      norm: biaslessNorm,
      epsilonKey: 'layer_norm_eps',
      epsilon: 1e-5,
      rotary: {
        rotary: [readRotary(read, { headWidth: shape.headWidth, context: shape.context, theta: 500_000 })],
      },
      block: (weights, { epsilon, activation }) => ({
        order: 'parallel',
        attention: {
          norm: biaslessNorm(weights, 'input_layernorm', epsilon),
          part: attentionOf(shape, weights, {
            bias,
            rotary: { interleaved: true },
            queryNorm: normsHeads ? headLayerNorm(weights, 'self_attn.q_norm', epsilon, 'N H', false) : null,
            keyNorm: normsHeads ? headLayerNorm(weights, 'self_attn.k_norm', epsilon, 'G H', false) : null,
          }),
        },
        mlp: { norm: 'shared', part: gatedMlp(weights, activation) },
      }),
      logits: { scale: read.number('logit_scale', limits.any, 0.0625) },
    });
  },
};

function biaslessNorm(weights: Namer, name: string, epsilon: number): Norm {
  return layerNorm(weights, name, epsilon, false);
}
