/** Gemma: Llama's block with norm weights stored as their difference from 1, and a scaled embedding. */
import type { Architecture } from './architecture.ts';
import { ConfigReader } from './parts/config.ts';
import { gatedDecoder, gatedDecoderKeys } from './parts/gatedDecoder.ts';
import { gemmaEmbeddingScale, gemmaNorm } from './parts/gemmaBlock.ts';
import { attentionOf, gatedMlp } from './parts/llamaBlock.ts';
import { readShape } from './parts/shape.ts';

export const gemma: Architecture = {
  id: 'gemma',
  title: 'Gemma',
  modelTypes: ['gemma'],
  handled: [...gatedDecoderKeys, 'attention_bias'],
  ignored: ['hidden_activation'],
  fixed: { use_bidirectional_attention: [null, false] },
  describe(config) {
    const read = new ConfigReader(config);
    const shape = readShape(read, { context: 8192, kvHeads: 16, headWidth: 256 });
    const bias = read.boolean('attention_bias', false);
    return gatedDecoder(read, shape, {
      tied: true,
      norm: gemmaNorm,
      embeddingScale: gemmaEmbeddingScale(shape),
      attention: (weights) => attentionOf(shape, weights, { bias }),
      activation: 'gelu_pytorch_tanh',
      // The first releases say gelu and mean its tanh form.
      mlp: (weights, { activation }) => gatedMlp(weights, activation === 'gelu' ? 'gelu_pytorch_tanh' : activation),
    });
  },
};
