/** Mistral: Llama's block with a sliding window. */
import type { Architecture } from './architecture.ts';
import { ConfigReader } from './parts/config.ts';
import { gatedDecoder, gatedDecoderKeys } from './parts/gatedDecoder.ts';
import { readShape } from './parts/shape.ts';
import { readWindow } from './parts/windows.ts';

export const mistral: Architecture = {
  id: 'mistral',
  title: 'Mistral',
  modelTypes: ['mistral'],
  handled: [...gatedDecoderKeys, 'sliding_window'],
  ignored: [],
  fixed: {},
  describe(config) {
    const read = new ConfigReader(config);
    const shape = readShape(read, { context: 131072, kvHeads: 8 });
    const window = readWindow(read, 4096);
    return gatedDecoder(read, shape, { windowOf: () => window });
  },
};
