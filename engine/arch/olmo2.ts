/** OLMo 2: norms after attention and MLP instead of before, and on queries and keys over all heads together. */
import type { Architecture } from './architecture.ts';
import { ConfigReader } from './parts/config.ts';
import { gatedDecoder, gatedDecoderKeys } from './parts/gatedDecoder.ts';
import { attentionOf, gatedMlp } from './parts/llamaBlock.ts';
import { rmsNorm } from './parts/norms.ts';
import { readShape } from './parts/shape.ts';

export const olmo2: Architecture = {
  id: 'olmo2',
  title: 'OLMo 2',
  modelTypes: ['olmo2'],
  handled: [...gatedDecoderKeys, 'attention_bias'],
  ignored: [],
  fixed: { clip_qkv: [null] },
  describe(config) {
    const read = new ConfigReader(config);
    const shape = readShape(read, { context: 2048 });
    const bias = read.boolean('attention_bias', false);
    return gatedDecoder(read, shape, {
      epsilon: 1e-5,
      block: (weights, { epsilon, activation }) => ({
        order: 'sequential',
        attention: {
          norm: null,
          part: attentionOf(shape, weights, {
            bias,
            queryNorm: rmsNorm(weights, 'self_attn.q_norm', epsilon, 'N H'),
            keyNorm: rmsNorm(weights, 'self_attn.k_norm', epsilon, 'G H'),
          }),
          outNorm: rmsNorm(weights, 'post_attention_layernorm', epsilon),
        },
        mlp: {
          norm: null,
          part: gatedMlp(weights, activation),
          outNorm: rmsNorm(weights, 'post_feedforward_layernorm', epsilon),
        },
      }),
    });
  },
};
