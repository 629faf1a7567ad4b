/** GPT-2: layer norms, learned positions, fused queries, keys and values, plain MLP; weights stored [in, out]. */
import type { Architecture } from './architecture.ts';
import { activationNames } from './parts/activations.ts';
import { ConfigReader, limits } from './parts/config.ts';
import { decoderFamily } from './parts/decoder.ts';
import { gptShapeKeys, readGptShape } from './parts/gptShape.ts';
import { attentionOf, checkpointOf, vocabularyWeight } from './parts/llamaBlock.ts';
import { layerNorm } from './parts/norms.ts';
import { linearOf } from './parts/weights.ts';

export const gpt2: Architecture = {
  id: 'gpt2',
  title: 'GPT-2',
  modelTypes: ['gpt2'],
  handled: [
    ...gptShapeKeys,
    'activation_function',
    'layer_norm_epsilon',
    'scale_attn_weights',
    'scale_attn_by_inverse_layer_idx',
    'tie_word_embeddings',
  ],
  // The order of operations of `reorder_and_upcast_attn` matters in 16-bit arithmetic only.
  ignored: ['n_ctx', 'reorder_and_upcast_attn'],
  fixed: {},
  describe(config) {
    const read = new ConfigReader(config);
    const shape = readGptShape(read, { width: 768, heads: 12, layers: 12, vocabulary: 50257, context: 1024 });
    const epsilon = read.number('layer_norm_epsilon', limits.epsilon, 1e-5);
    const activation = read.choice('activation_function', activationNames, 'gelu_new');
    const scale = read.boolean('scale_attn_weights', true) ? 1 / Math.sqrt(shape.headWidth) : 1;
    const scaledByLayer = read.boolean('scale_attn_by_inverse_layer_idx', false);
    const checkpoint = checkpointOf(shape, { prefixes: ['transformer.', ''], layers: 'h.{l}.' });
    const tied = read.boolean('tie_word_embeddings', true);
    return decoderFamily({
      shape,
      embedding: { tokens: checkpoint.model('wte.weight', 'V D'), positions: checkpoint.model('wpe.weight', 'S D') },
      block(layer) {
        const weights = checkpoint.layer(layer);
        const fused = linearOf(weights, 'attn.c_attn', 'D C G H', 'C G H', { sizes: { C: 3 } });
        return {
          order: 'sequential',
          attention: {
            norm: layerNorm(weights, 'ln_1', epsilon),
            part: attentionOf(shape, weights, {
              projections: { kind: 'fused', weight: fused, queries: 1 },
              out: linearOf(weights, 'attn.c_proj', 'N H D', 'D'),
              rotary: null,
              scale: scaledByLayer ? scale / (layer + 1) : scale,
            }),
          },
          mlp: {
            norm: layerNorm(weights, 'ln_2', epsilon),
            part: {
              activation,
              gate: null,
              up: linearOf(weights, 'mlp.c_fc', 'D M', 'M'),
              down: linearOf(weights, 'mlp.c_proj', 'M D', 'D'),
            },
          },
        };
      },
      unembedding: {
        norm: layerNorm(checkpoint.model, 'ln_f', epsilon),
        weight: vocabularyWeight(checkpoint, tied, 'wte.weight'),
        bias: null,
      },
    });
  },
};
