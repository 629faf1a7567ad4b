/** StableLM: layer norms, partial rotary, gated MLP; in parallel or in sequence. */
import type { Architecture } from './architecture.ts';
import { ConfigReader } from './parts/config.ts';
import { gatedDecoder, gatedDecoderKeys } from './parts/gatedDecoder.ts';
import { attentionOf, gatedMlp } from './parts/llamaBlock.ts';
import type { Norm } from './parts/norms.ts';
import { layerNorm } from './parts/norms.ts';
import { readRotary } from './parts/rotaryConfig.ts';
import { readShape } from './parts/shape.ts';
import type { Namer } from './parts/weights.ts';

export const stablelm: Architecture = {
  id: 'stablelm',
  title: 'StableLM',
  modelTypes: ['stablelm'],
  lacks: { residMid: 'in parallel blocks' },
  handled: [...gatedDecoderKeys, 'layer_norm_eps', 'use_qkv_bias', 'qk_layernorm', 'use_parallel_residual'],
  ignored: [],
  fixed: {},
  describe(config) {
    const read = new ConfigReader(config);
    const shape = readShape(read, { context: 4096, kvHeads: 32 });
    const { headWidth, context, heads, kvHeads } = shape;
    const bias = read.boolean('use_qkv_bias', false);
    const normsHeads = read.boolean('qk_layernorm', false);
    const parallel = read.boolean('use_parallel_residual', false);
    return gatedDecoder(read, shape, {
      norm: layerNorm,
      epsilonKey: 'layer_norm_eps',
      epsilon: 1e-5,
      rotary: { rotary: [readRotary(read, { headWidth, context, share: 0.25 })] },
      block: (weights, { epsilon, activation }) => ({
        order: parallel ? 'parallel' : 'sequential',
        attention: {
          norm: layerNorm(weights, 'input_layernorm', epsilon),
          part: attentionOf(shape, weights, {
            bias,
            outBias: false,
            queryNorm: normsHeads ? normOfEachHead(weights, 'self_attn.q_layernorm', 'N', heads, epsilon) : null,
            keyNorm: normsHeads ? normOfEachHead(weights, 'self_attn.k_layernorm', 'G', kvHeads, epsilon) : null,
          }),
        },
        mlp: {
          norm: parallel ? 'shared' : layerNorm(weights, 'post_attention_layernorm', epsilon),
          part: gatedMlp(weights, activation),
        },
      }),
    });
  },
};

function normOfEachHead(weights: Namer, name: string, axis: 'N' | 'G', heads: number, epsilon: number): Norm {
  const each = Array.from({ length: heads }, (_, head) => weights(`${name}.norms.${head}.weight`, 'H', { start: 1 }));
  return { kind: 'layer', over: 'H', epsilon, weight: { kind: 'perHead', axis, each }, bias: null, plusOne: false };
}
