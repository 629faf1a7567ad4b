/** Falcon: queries, keys and values fused per key-value head; rotary or ALiBi; parallel or sequential blocks. */
import type { Architecture, ModelShape } from './architecture.ts';
import { activationNames } from './parts/activations.ts';
import type { Alibi } from './parts/alibi.ts';
import { alibiSlopes, bfloat16 } from './parts/alibi.ts';
import { ConfigReader, limits } from './parts/config.ts';
import type { Block } from './parts/decoder.ts';
import { decoderFamily } from './parts/decoder.ts';
import { attentionOf, checkpointOf, plainMlp, tokenEmbedding, vocabularyWeight } from './parts/llamaBlock.ts';
import { layerNorm } from './parts/norms.ts';
import { readRotary } from './parts/rotaryConfig.ts';
import { dividedWidth, readKvHeads } from './parts/shape.ts';
import type { Namer } from './parts/weights.ts';
import { linearOf } from './parts/weights.ts';

export const falcon: Architecture = {
  id: 'falcon',
  title: 'Falcon',
  modelTypes: ['falcon'],
  lacks: { residMid: 'in parallel blocks' },
  handled: [
    'vocab_size',
    'hidden_size',
    'n_embed',
    'num_hidden_layers',
    'num_attention_heads',
    'num_kv_heads',
    'num_ln_in_parallel_attn',
    'max_position_embeddings',
    'ffn_hidden_size',
    'rope_theta',
    'rope_scaling',
    'rope_parameters',
    'activation',
    'layer_norm_epsilon',
    'alibi',
    'new_decoder_architecture',
    'multi_query',
    'parallel_attn',
    'bias',
    'tie_word_embeddings',
  ],
  ignored: ['ff_factor', 'rotary'],
  fixed: { apply_residual_connection_post_layernorm: [false] },
  describe(config) {
    const read = new ConfigReader(config);
    const shape = readFalconShape(read);
    const checkpoint = checkpointOf(shape, { prefixes: ['transformer.', ''], layers: 'h.{l}.' });
    const alibi = read.boolean('alibi', false) ? falconAlibi(shape) : null;
    const { headWidth, context } = shape;
    const block = blockReader(read, shape, alibi);
    return decoderFamily({
      shape,
      embedding: tokenEmbedding(checkpoint, 1, 'word_embeddings.weight'),
      rotary: alibi === null ? [readRotary(read, { headWidth, context })] : [],
      block: (layer) => block(checkpoint.layer(layer)),
      unembedding: {
        norm: layerNorm(checkpoint.model, 'ln_f', readEpsilon(read)),
        weight: vocabularyWeight(checkpoint, read.boolean('tie_word_embeddings', true), 'word_embeddings.weight'),
        bias: null,
      },
    });
  },
};

function readEpsilon(read: ConfigReader): number {
  return read.number('layer_norm_epsilon', limits.epsilon, 1e-5);
}

function blockReader(read: ConfigReader, shape: ModelShape, alibi: Alibi | null): (weights: Namer) => Block {
  const epsilon = readEpsilon(read);
  const activation = read.choice('activation', activationNames, 'gelu');
  const bias = read.boolean('bias', false);
  const { parallel, norms } = readOrder(read);
  const queries = shape.heads / shape.kvHeads;
  const sizes = { C: queries + 2 };
  const names = norms === 2 ? ['ln_attn', 'ln_mlp'] : ['input_layernorm', 'post_attention_layernorm'];
  const [attentionNorm = '', mlpNorm = ''] = names;
  return (weights) => ({
    order: parallel ? 'parallel' : 'sequential',
    attention: {
      norm: layerNorm(weights, attentionNorm, epsilon),
      part: attentionOf(shape, weights, {
        projections: {
          kind: 'fused',
          weight: linearOf(weights, 'self_attention.query_key_value', 'G C H D', bias ? 'G C H' : null, { sizes }),
          queries,
        },
        out: linearOf(weights, 'self_attention.dense', 'D N H', bias ? 'D' : null),
        rotary: alibi === null ? { interleaved: false } : null,
        alibi,
      }),
    },
    mlp: {
      norm: parallel && norms === 1 ? 'shared' : layerNorm(weights, mlpNorm, epsilon),
      part: plainMlp(weights, activation, ['mlp.dense_h_to_4h', 'mlp.dense_4h_to_h'], bias),
    },
  });
}

// The newer decoder is always parallel, with two norms unless the config says one.
function readOrder(read: ConfigReader): { parallel: boolean; norms: 1 | 2 } {
  const newer = read.boolean('new_decoder_architecture', false);
  const parallel = read.boolean('parallel_attn', true);
  if (newer && !parallel) read.fail('parallel_attn', 'true with new_decoder_architecture');
  const norms = read.integer('num_ln_in_parallel_attn', { min: 1, max: 2 }, newer ? 2 : 1);
  if (norms === 2 && !newer) read.fail('num_ln_in_parallel_attn', '1 without new_decoder_architecture');
  return { parallel, norms: norms === 2 ? 2 : 1 };
}

// (q . k + bias) / sqrt(H), with slopes and biases in bfloat16 at any precision of the model.
function falconAlibi({ heads, headWidth }: ModelShape): Alibi {
  return { slopes: alibiSlopes(heads).map(bfloat16), scale: 1 / Math.sqrt(headWidth), rounded: true };
}

function readFalconShape(read: ConfigReader): ModelShape {
  const width = read.integer(read.has('n_embed') ? 'n_embed' : 'hidden_size', limits.width, 4544);
  const heads = read.integer('num_attention_heads', limits.heads, 71);
  const vocabulary = read.integer('vocab_size', limits.vocabulary, 65024);
  const newer = read.boolean('new_decoder_architecture', false);
  const shared = !newer && read.boolean('multi_query', true);
  const ownKeys = newer ? readKvHeads(read, 'num_kv_heads', heads) : heads;
  return {
    layers: read.integer('num_hidden_layers', limits.layers, 32),
    heads,
    kvHeads: shared ? 1 : ownKeys,
    headWidth: dividedWidth(read, 'num_attention_heads', width, heads),
    width,
    mlpWidth: read.integer('ffn_hidden_size', limits.width, 4 * width),
    vocabulary,
    outputVocabulary: vocabulary,
    context: read.integer('max_position_embeddings', limits.context, 2048),
  };
}
