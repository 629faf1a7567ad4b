/** GPT-J: partial rotary in neighbouring pairs, attention and MLP in parallel after one layer norm. */
import type { Architecture } from './architecture.ts';
import { activationNames } from './parts/activations.ts';
import { ConfigReader, limits } from './parts/config.ts';
import { decoderFamily } from './parts/decoder.ts';
import { gptShapeKeys, readGptShape } from './parts/gptShape.ts';
import {
  attentionOf,
  checkpointOf,
  plainMlp,
  separateProjections,
  tokenEmbedding,
  vocabularyWeight,
} from './parts/llamaBlock.ts';
import { layerNorm } from './parts/norms.ts';
import { linearOf } from './parts/weights.ts';

export const gptJ: Architecture = {
  id: 'gptJ',
  title: 'GPT-J',
  modelTypes: ['gptj'],
  lacks: { residMid: 'in every model: its blocks are parallel' },
  handled: [...gptShapeKeys, 'rotary_dim', 'activation_function', 'layer_norm_epsilon', 'tie_word_embeddings'],
  ignored: ['n_ctx'],
  fixed: { rotary: [true], scale_attn_weights: [true] },
  describe(config) {
    const read = new ConfigReader(config);
    const shape = readGptShape(read, { width: 4096, heads: 16, layers: 28, vocabulary: 50400, context: 2048 });
    const epsilon = read.number('layer_norm_epsilon', limits.epsilon, 1e-5);
    const activation = read.choice('activation_function', activationNames, 'gelu_new');
    const rotated = read.integer('rotary_dim', { min: 2, max: shape.headWidth }, 64);
    if (rotated % 2 !== 0) read.fail('rotary_dim', 'an even number');
    const checkpoint = checkpointOf(shape, { prefixes: ['transformer.', ''], layers: 'h.{l}.' });
    return decoderFamily({
      shape,
      embedding: tokenEmbedding(checkpoint, 1, 'wte.weight'),
      rotary: [{ theta: 10000, width: rotated, scaling: { kind: 'default' } }],
      block(layer) {
        const weights = checkpoint.layer(layer);
        return {
          order: 'parallel',
          attention: {
            norm: layerNorm(weights, 'ln_1', epsilon),
            part: attentionOf(shape, weights, {
              projections: separateProjections(weights, false, 'attn'),
              out: linearOf(weights, 'attn.out_proj', 'D N H', null),
              rotary: { interleaved: true },
            }),
          },
          mlp: { norm: 'shared', part: plainMlp(weights, activation, ['mlp.fc_in', 'mlp.fc_out']) },
        };
      },
      unembedding: {
        norm: layerNorm(checkpoint.model, 'ln_f', epsilon),
        weight: vocabularyWeight(checkpoint, read.boolean('tie_word_embeddings', false), 'wte.weight'),
        bias: checkpoint.head('lm_head.bias', 'V', { start: 0 }),
      },
    });
  },
};
