/** BLOOM: ALiBi instead of positions, a layer norm after the embedding, queries, keys and values fused per head. */
import type { Architecture, ModelShape } from './architecture.ts';
import { alibiSlopes } from './parts/alibi.ts';
import { ConfigReader, limits } from './parts/config.ts';
import { decoderFamily } from './parts/decoder.ts';
import { attentionOf, checkpointOf, plainMlp, vocabularyWeight } from './parts/llamaBlock.ts';
import { layerNorm } from './parts/norms.ts';
import { dividedWidth } from './parts/shape.ts';
import { linearOf } from './parts/weights.ts';

export const bloom: Architecture = {
  id: 'bloom',
  title: 'BLOOM',
  modelTypes: ['bloom'],
  handled: [
    'vocab_size',
    'hidden_size',
    'n_embed',
    'n_layer',
    'num_hidden_layers',
    'n_head',
    'num_attention_heads',
    'seq_length',
    'layer_norm_epsilon',
    'apply_residual_connection_post_layernorm',
    'tie_word_embeddings',
  ],
  // `slow_but_exact` changes the order of a sum; the others steer training.
  ignored: ['slow_but_exact', 'bias_dropout_fusion', 'masked_softmax_fusion', 'attention_softmax_in_fp32'],
  fixed: { n_inner: [null], skip_bias_add: [true], skip_bias_add_qkv: [false], offset_alibi: [100] },
  describe(config) {
    const read = new ConfigReader(config);
    const shape = readBloomShape(read);
    const epsilon = read.number('layer_norm_epsilon', limits.epsilon, 1e-5);
    const continuesFromNorm = read.boolean('apply_residual_connection_post_layernorm', false);
    const checkpoint = checkpointOf(shape, { prefixes: ['transformer.', ''], layers: 'h.{l}.' });
    const tied = read.boolean('tie_word_embeddings', true);
    return decoderFamily({
      shape,
      embedding: {
        tokens: checkpoint.model('word_embeddings.weight', 'V D'),
        positions: null,
        norm: layerNorm(checkpoint.model, 'word_embeddings_layernorm', epsilon),
      },
      block(layer) {
        const weights = checkpoint.layer(layer);
        const fused = linearOf(weights, 'self_attention.query_key_value', 'G C H D', 'G C H', { sizes: { C: 3 } });
        return {
          order: 'sequential',
          continuesFromNorm,
          attention: {
            norm: layerNorm(weights, 'input_layernorm', epsilon),
            part: attentionOf(shape, weights, {
              projections: { kind: 'fused', weight: fused, queries: 1 },
              out: linearOf(weights, 'self_attention.dense', 'D N H', 'D'),
              rotary: null,
              alibi: { slopes: alibiSlopes(shape.heads), scale: 1, rounded: false },
            }),
          },
          mlp: {
            norm: layerNorm(weights, 'post_attention_layernorm', epsilon),
            part: plainMlp(weights, 'gelu_new', ['mlp.dense_h_to_4h', 'mlp.dense_4h_to_h']),
          },
        };
      },
      unembedding: {
        norm: layerNorm(checkpoint.model, 'ln_f', epsilon),
        weight: vocabularyWeight(checkpoint, tied, 'word_embeddings.weight'),
        bias: null,
      },
    });
  },
};

// Old files say n_embed, num_hidden_layers and num_attention_heads; nothing limits the positions.
function readBloomShape(read: ConfigReader): ModelShape {
  const width = read.integer(read.has('n_embed') ? 'n_embed' : 'hidden_size', limits.width, 64);
  const headsKey = read.has('n_head') ? 'n_head' : 'num_attention_heads';
  const heads = read.integer(headsKey, limits.heads, 8);
  const vocabulary = read.integer('vocab_size', limits.vocabulary, 250880);
  return {
    layers: read.integer(read.has('n_layer') ? 'n_layer' : 'num_hidden_layers', limits.layers, 2),
    heads,
    kvHeads: heads,
    headWidth: dividedWidth(read, headsKey, width, heads),
    width,
    mlpWidth: 4 * width,
    vocabulary,
    outputVocabulary: vocabulary,
    context: read.integer('seq_length', limits.context, 2 ** 20),
  };
}
