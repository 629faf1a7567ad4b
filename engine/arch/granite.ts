/** Granite: Llama's block with multipliers on embedding, scores, each addition to the stream, and logits. */
import type { Architecture } from './architecture.ts';
import { ConfigReader, limits } from './parts/config.ts';
import { gatedDecoder, gatedDecoderKeys } from './parts/gatedDecoder.ts';
import { attentionOf, gatedMlp } from './parts/llamaBlock.ts';
import { rmsNorm } from './parts/norms.ts';
import { readShape } from './parts/shape.ts';

export const granite: Architecture = {
  id: 'granite',
  title: 'Granite',
  modelTypes: ['granite'],
  handled: [
    ...gatedDecoderKeys,
    'attention_bias',
    'mlp_bias',
    'embedding_multiplier',
    'attention_multiplier',
    'residual_multiplier',
    'logits_scaling',
  ],
  ignored: [],
  fixed: {},
  describe(config) {
    const read = new ConfigReader(config);
    const shape = readShape(read, { context: 2048 });
    const bias = read.boolean('attention_bias', false);
    const mlpBias = read.boolean('mlp_bias', false);
    const scale = read.number('attention_multiplier', limits.any, 1);
    const multiplier = read.number('residual_multiplier', limits.any, 1);
    return gatedDecoder(read, shape, {
      embeddingScale: read.number('embedding_multiplier', limits.any, 1),
      block: (weights, { epsilon, activation }) => ({
        order: 'sequential',
        attention: {
          norm: rmsNorm(weights, 'input_layernorm', epsilon),
          part: attentionOf(shape, weights, { bias, scale }),
          multiplier,
        },
        mlp: {
          norm: rmsNorm(weights, 'post_attention_layernorm', epsilon),
          part: gatedMlp(weights, activation, mlpBias),
          multiplier,
        },
      }),
      logits: { scale: 1 / read.number('logits_scaling', limits.positive, 1) },
    });
  },
};
