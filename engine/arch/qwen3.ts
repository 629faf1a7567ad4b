/** Qwen3: Llama's block with RMS norms on queries and keys. */
import type { Architecture } from './architecture.ts';
import { ConfigReader } from './parts/config.ts';
import { gatedDecoder, gatedDecoderKeys } from './parts/gatedDecoder.ts';
import { attentionOf } from './parts/llamaBlock.ts';
import { rmsNorm } from './parts/norms.ts';
import { readShape } from './parts/shape.ts';
import { qwenWindowKeys, readQwenWindows } from './parts/windows.ts';

export const qwen3: Architecture = {
  id: 'qwen3',
  title: 'Qwen3',
  modelTypes: ['qwen3'],
  handled: [...gatedDecoderKeys, ...qwenWindowKeys, 'attention_bias'],
  ignored: [],
  fixed: {},
  describe(config) {
    const read = new ConfigReader(config);
    const shape = readShape(read, { context: 32768, kvHeads: 32, headWidth: 128 });
    const bias = read.boolean('attention_bias', false);
    return gatedDecoder(read, shape, {
      attention: (weights, { epsilon }) =>
        attentionOf(shape, weights, {
          bias,
          queryNorm: rmsNorm(weights, 'self_attn.q_norm', epsilon, 'H'),
          keyNorm: rmsNorm(weights, 'self_attn.k_norm', epsilon, 'H'),
        }),
      windowOf: readQwenWindows(read, shape.layers),
    });
  },
};
