/** Phi 1 and 2: attention and gelu MLP in parallel after one layer norm, partial rotary, biases everywhere. */
import type { Architecture } from './architecture.ts';
import { activationNames } from './parts/activations.ts';
import { ConfigReader, limits } from './parts/config.ts';
import { decoderFamily } from './parts/decoder.ts';
import { attentionOf, checkpointOf, plainMlp, tokenEmbedding, vocabularyWeight } from './parts/llamaBlock.ts';
import { headLayerNorm, layerNorm } from './parts/norms.ts';
import { readRotary, rotaryKeys } from './parts/rotaryConfig.ts';
import { readShape, shapeKeys } from './parts/shape.ts';
import { linearOf } from './parts/weights.ts';

export const phi: Architecture = {
  id: 'phi',
  title: 'Phi',
  modelTypes: ['phi'],
  lacks: { residMid: 'in every model: its blocks are parallel' },
  handled: [...shapeKeys, ...rotaryKeys, 'layer_norm_eps', 'hidden_act', 'qk_layernorm', 'tie_word_embeddings'],
  ignored: [],
  fixed: {},
  describe(config) {
    const read = new ConfigReader(config);
    const shape = readShape(read, { context: 2048 });
    const epsilon = read.number('layer_norm_eps', limits.epsilon, 1e-5);
    const activation = read.choice('hidden_act', activationNames, 'gelu_new');
    const normsHeads = read.boolean('qk_layernorm', false);
    const checkpoint = checkpointOf(shape);
    return decoderFamily({
      shape,
      embedding: tokenEmbedding(checkpoint),
      rotary: [readRotary(read, { headWidth: shape.headWidth, context: shape.context, share: 0.5 })],
      block(layer) {
        const weights = checkpoint.layer(layer);
        return {
          order: 'parallel',
          attention: {
            norm: layerNorm(weights, 'input_layernorm', epsilon),
            part: attentionOf(shape, weights, {
              bias: true,
              out: linearOf(weights, 'self_attn.dense', 'D N H', 'D'),
              queryNorm: normsHeads ? headLayerNorm(weights, 'self_attn.q_layernorm', epsilon) : null,
              keyNorm: normsHeads ? headLayerNorm(weights, 'self_attn.k_layernorm', epsilon) : null,
            }),
          },
          mlp: { norm: 'shared', part: plainMlp(weights, activation, ['mlp.fc1', 'mlp.fc2']) },
        };
      },
      unembedding: {
        norm: layerNorm(checkpoint.model, 'final_layernorm', epsilon),
        weight: vocabularyWeight(checkpoint, read.boolean('tie_word_embeddings', false)),
        bias: checkpoint.head('lm_head.bias', 'V', { start: 0 }),
      },
    });
  },
};
