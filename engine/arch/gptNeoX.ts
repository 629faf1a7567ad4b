/** GPT-NeoX (Pythia): layer norms, partial rotary, queries, keys and values fused per head, parallel or sequential MLP. */
import type { Architecture } from './architecture.ts';
import { activationNames } from './parts/activations.ts';
import { ConfigReader, limits } from './parts/config.ts';
import { decoderFamily } from './parts/decoder.ts';
import { attentionOf, checkpointOf, plainMlp, tokenEmbedding } from './parts/llamaBlock.ts';
import { layerNorm } from './parts/norms.ts';
import { readRotary } from './parts/rotaryConfig.ts';
import { readShape } from './parts/shape.ts';
import { linearOf } from './parts/weights.ts';

export const gptNeoX: Architecture = {
  id: 'gptNeoX',
  title: 'GPT-NeoX',
  modelTypes: ['gpt_neox'],
  lacks: { residMid: 'in parallel blocks' },
  handled: [
    'vocab_size',
    'hidden_size',
    'intermediate_size',
    'num_hidden_layers',
    'num_attention_heads',
    'max_position_embeddings',
    'rotary_emb_base',
    'rotary_pct',
    'rope_scaling',
    'rope_parameters',
    'hidden_act',
    'layer_norm_eps',
    'use_parallel_residual',
    'attention_bias',
    'tie_word_embeddings',
  ],
  ignored: [],
  fixed: {},
  describe(config) {
    const read = new ConfigReader(config);
    const shape = readShape(read, { context: 2048 });
    const epsilon = read.number('layer_norm_eps', limits.epsilon, 1e-5);
    const activation = read.choice('hidden_act', activationNames, 'gelu');
    const bias = read.boolean('attention_bias', true);
    const order = read.boolean('use_parallel_residual', true) ? 'parallel' : 'sequential';
    const checkpoint = checkpointOf(shape, { prefixes: ['gpt_neox.', ''] });
    const tied = read.boolean('tie_word_embeddings', false);
    return decoderFamily({
      shape,
      embedding: tokenEmbedding(checkpoint, 1, 'embed_in.weight'),
      rotary: [
        readRotary(read, {
          headWidth: shape.headWidth,
          context: shape.context,
          share: 0.25,
          keys: { theta: 'rotary_emb_base', share: 'rotary_pct' },
        }),
      ],
      block(layer) {
        const weights = checkpoint.layer(layer);
        const fused = linearOf(weights, 'attention.query_key_value', 'G C H D', bias ? 'G C H' : null, {
          sizes: { C: 3 },
        });
        return {
          order,
          attention: {
            norm: layerNorm(weights, 'input_layernorm', epsilon),
            part: attentionOf(shape, weights, {
              projections: { kind: 'fused', weight: fused, queries: 1 },
              out: linearOf(weights, 'attention.dense', 'D N H', bias ? 'D' : null),
            }),
          },
          mlp: {
            norm: layerNorm(weights, 'post_attention_layernorm', epsilon),
            part: plainMlp(weights, activation, ['mlp.dense_h_to_4h', 'mlp.dense_4h_to_h']),
          },
        };
      },
      unembedding: {
        norm: layerNorm(checkpoint.model, 'final_layer_norm', epsilon),
        weight: tied ? checkpoint.model('embed_in.weight', 'V D') : checkpoint.head('embed_out.weight', 'V D'),
        bias: null,
      },
    });
  },
};
