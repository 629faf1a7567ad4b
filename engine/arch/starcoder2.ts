/** StarCoder2: layer norms, rotary, grouped keys, plain gelu MLP, and an optional window. */
import type { Architecture } from './architecture.ts';
import { ConfigReader } from './parts/config.ts';
import { gatedDecoder, gatedDecoderKeys } from './parts/gatedDecoder.ts';
import { attentionOf, plainMlp } from './parts/llamaBlock.ts';
import { layerNorm } from './parts/norms.ts';
import { readShape } from './parts/shape.ts';
import { readWindow } from './parts/windows.ts';

export const starcoder2: Architecture = {
  id: 'starcoder2',
  title: 'StarCoder2',
  modelTypes: ['starcoder2'],
  handled: [...gatedDecoderKeys, 'norm_epsilon', 'use_bias', 'sliding_window'],
  ignored: [],
  fixed: { mlp_type: ['default'], norm_type: ['layer_norm'] },
  describe(config) {
    const read = new ConfigReader(config);
    const shape = readShape(read, { context: 4096, kvHeads: 2 });
    const bias = read.boolean('use_bias', true);
    const window = readWindow(read, null);
    return gatedDecoder(read, shape, {
      tied: true,
      norm: layerNorm,
      epsilonKey: 'norm_epsilon',
      epsilon: 1e-5,
      activation: 'gelu_pytorch_tanh',
      windowOf: () => window,
      attention: (weights) => attentionOf(shape, weights, { bias }),
      mlp: (weights, { activation }) => plainMlp(weights, activation, ['mlp.c_fc', 'mlp.c_proj'], bias),
    });
  },
};
