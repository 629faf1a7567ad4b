/** Qwen2: Llama's block with biases on queries, keys and values, and windows in the later layers where they are on. */
import type { Architecture } from './architecture.ts';
import { ConfigReader } from './parts/config.ts';
import { gatedDecoder, gatedDecoderKeys } from './parts/gatedDecoder.ts';
import { attentionOf } from './parts/llamaBlock.ts';
import { readShape } from './parts/shape.ts';
import { qwenWindowKeys, readQwenWindows } from './parts/windows.ts';

export const qwen2: Architecture = {
  id: 'qwen2',
  title: 'Qwen2',
  modelTypes: ['qwen2'],
  handled: [...gatedDecoderKeys, ...qwenWindowKeys],
  ignored: [],
  fixed: { use_mrope: [false] },
  describe(config) {
    const read = new ConfigReader(config);
    const shape = readShape(read, { context: 32768, kvHeads: 32 });
    return gatedDecoder(read, shape, {
      attention: (weights) => attentionOf(shape, weights, { bias: true, outBias: false }),
      windowOf: readQwenWindows(read, shape.layers),
    });
  },
};
