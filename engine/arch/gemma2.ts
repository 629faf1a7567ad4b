/** Gemma 2: norms on both sides of attention and MLP, soft caps on scores and logits, windows in every other layer. */
import type { Architecture } from './architecture.ts';
import { ConfigReader, limits } from './parts/config.ts';
import { gatedDecoder, gatedDecoderKeys } from './parts/gatedDecoder.ts';
import { gemmaBlockKeys, gemmaEmbeddingScale, gemmaNorm, twiceNormedBlock } from './parts/gemmaBlock.ts';
import { readShape } from './parts/shape.ts';
import { readLayerTypes, readWindow, windowsOf } from './parts/windows.ts';

export const gemma2: Architecture = {
  id: 'gemma2',
  title: 'Gemma 2',
  modelTypes: ['gemma2'],
  handled: [...gatedDecoderKeys, ...gemmaBlockKeys, 'attn_logit_softcapping'],
  ignored: ['sliding_window_size'],
  fixed: { use_bidirectional_attention: [null, false] },
  describe(config) {
    const read = new ConfigReader(config);
    const shape = readShape(read, { context: 8192, kvHeads: 4, headWidth: 256 });
    const bias = read.boolean('attention_bias', false);
    const scale = 1 / Math.sqrt(read.number('query_pre_attn_scalar', limits.positive, 256));
    const softCap = read.absentOr('attn_logit_softcapping', limits.positive, 50);
    const window = readWindow(read, 4096);
    const types = readLayerTypes(read, shape.layers, window, (layer) =>
      layer % 2 === 0 ? 'sliding_attention' : 'full_attention',
    );
    return gatedDecoder(read, shape, {
      tied: true,
      norm: gemmaNorm,
      embeddingScale: gemmaEmbeddingScale(shape),
      activationKey: 'hidden_activation',
      activation: 'gelu_pytorch_tanh',
      windowOf: windowsOf(types, window),
      block: (weights, settings) => twiceNormedBlock(shape, weights, settings, { bias, scale, softCap }),
      logits: { softCap: read.absentOr('final_logit_softcapping', limits.positive, 30) },
    });
  },
};
