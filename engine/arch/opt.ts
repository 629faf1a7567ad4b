/** OPT: learned positions from row 2 on, layer norms before each half of a block or (350m) on the stream after it. */
import type { Architecture, ModelShape } from './architecture.ts';
import { activationNames } from './parts/activations.ts';
import { ConfigReader, limits } from './parts/config.ts';
import { decoderFamily } from './parts/decoder.ts';
import { attentionOf, checkpointOf, plainMlp, separateProjections } from './parts/llamaBlock.ts';
import type { Norm } from './parts/norms.ts';
import { layerNorm } from './parts/norms.ts';
import { dividedWidth } from './parts/shape.ts';
import type { Namer } from './parts/weights.ts';
import { linearOf } from './parts/weights.ts';

// Rows of the position table before that of position 0.
const positionOffset = 2;

export const opt: Architecture = {
  id: 'opt',
  title: 'OPT',
  modelTypes: ['opt'],
  lacks: { finalNorm: 'in models that norm the stream after each half of a block' },
  handled: [
    'vocab_size',
    'hidden_size',
    'num_hidden_layers',
    'num_attention_heads',
    'ffn_dim',
    'max_position_embeddings',
    'do_layer_norm_before',
    '_remove_final_layer_norm',
    'word_embed_proj_dim',
    'activation_function',
    'enable_bias',
    'layer_norm_elementwise_affine',
    'tie_word_embeddings',
  ],
  ignored: ['layerdrop', 'init_std', 'activation_dropout'],
  fixed: {},
  describe(config) {
    const read = new ConfigReader(config);
    const shape = readOptShape(read);
    const activation = read.choice('activation_function', activationNames, 'relu');
    const normsFirst = read.boolean('do_layer_norm_before', true);
    const hasFinalNorm = normsFirst && !read.boolean('_remove_final_layer_norm', false);
    const bias = read.boolean('enable_bias', true);
    const norm = read.boolean('layer_norm_elementwise_affine', true) ? learnedNorm : plainNorm;
    const checkpoint = checkpointOf(shape, { prefixes: ['model.decoder.', 'decoder.', ''] });
    const { model, head } = checkpoint;
    const embedded = read.integer('word_embed_proj_dim', limits.width, shape.width);
    const projects = embedded !== shape.width;
    const sizes = { F: embedded };
    const tokenAxes = projects ? 'V F' : 'V D';
    const rows = [positionOffset, positionOffset + shape.context] as const;
    const tied = read.boolean('tie_word_embeddings', true);
    return decoderFamily({
      shape,
      embedding: {
        tokens: model('embed_tokens.weight', tokenAxes, { sizes }),
        projection: projects ? model('project_in.weight', 'D F', { sizes }) : null,
        positions: model('embed_positions.weight', 'S D', { rows }),
      },
      block(layer) {
        const weights = checkpoint.layer(layer);
        const attentionNorm = norm(weights, 'self_attn_layer_norm');
        const mlpNorm = norm(weights, 'final_layer_norm');
        return {
          order: 'sequential',
          attention: {
            norm: normsFirst ? attentionNorm : null,
            part: attentionOf(shape, weights, {
              projections: separateProjections(weights, bias),
              out: linearOf(weights, 'self_attn.out_proj', 'D N H', bias ? 'D' : null),
              rotary: null,
            }),
          },
          mlp: { norm: normsFirst ? mlpNorm : null, part: plainMlp(weights, activation, ['fc1', 'fc2'], bias) },
          ...(normsFirst ? {} : { streamNorms: { afterAttention: attentionNorm, afterMlp: mlpNorm } }),
        };
      },
      unembedding: {
        norm: hasFinalNorm ? norm(model, 'final_layer_norm') : null,
        projection: projects ? model('project_out.weight', 'F D', { sizes }) : null,
        weight: tied
          ? model('embed_tokens.weight', tokenAxes, { sizes })
          : head('lm_head.weight', tokenAxes, { sizes }),
        bias: null,
      },
    });
  },
};

function learnedNorm(weights: Namer, name: string): Norm {
  return layerNorm(weights, name, 1e-5);
}

function plainNorm(): Norm {
  return { kind: 'layer', over: 'D', epsilon: 1e-5, weight: null, bias: null, plusOne: false };
}

function readOptShape(read: ConfigReader): ModelShape {
  const width = read.integer('hidden_size', limits.width, 768);
  const heads = read.integer('num_attention_heads', limits.heads, 12);
  const vocabulary = read.integer('vocab_size', limits.vocabulary, 50272);
  return {
    layers: read.integer('num_hidden_layers', limits.layers, 12),
    heads,
    kvHeads: heads,
    headWidth: dividedWidth(read, 'num_attention_heads', width, heads),
    width,
    mlpWidth: read.integer('ffn_dim', limits.width, 3072),
    vocabulary,
    outputVocabulary: vocabulary,
    context: read.integer('max_position_embeddings', limits.context, 2048),
  };
}
