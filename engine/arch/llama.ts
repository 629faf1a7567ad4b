/** Llama (SmolLM2, TinyLlama, Llama 2 and 3): RMS norms, rotary, grouped keys, gated SiLU MLP. */
import type { Architecture } from './architecture.ts';
import { ConfigReader } from './parts/config.ts';
import { gatedDecoder, gatedDecoderKeys } from './parts/gatedDecoder.ts';
import { attentionOf, gatedMlp } from './parts/llamaBlock.ts';
import { readShape } from './parts/shape.ts';

export const llama: Architecture = {
  id: 'llama',
  title: 'Llama',
  modelTypes: ['llama'],
  handled: [...gatedDecoderKeys, 'attention_bias', 'mlp_bias'],
  ignored: ['is_llama_config', 'max_sequence_length'],
  fixed: { rope_interleaved: [false] },
  describe(config) {
    const read = new ConfigReader(config);
    const shape = readShape(read, { context: 2048 });
    const bias = read.boolean('attention_bias', false);
    const mlpBias = read.boolean('mlp_bias', false);
    return gatedDecoder(read, shape, {
      attention: (weights) => attentionOf(shape, weights, { bias }),
      mlp: (weights, { activation }) => gatedMlp(weights, activation, mlpBias),
    });
  },
};
