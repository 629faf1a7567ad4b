/** Gemma 3 (text): Gemma 2's block with norms on queries and keys; five windowed layers, with their own rotary base, to one full. */
import type { Architecture, ModelShape } from './architecture.ts';
import { ConfigReader, limits } from './parts/config.ts';
import { gatedDecoder, gatedDecoderKeys } from './parts/gatedDecoder.ts';
import { gemmaBlockKeys, gemmaEmbeddingScale, gemmaNorm, twiceNormedBlock } from './parts/gemmaBlock.ts';
import { rmsNorm } from './parts/norms.ts';
import type { Rotary } from './parts/rotary.ts';
import { readRotaryFrom } from './parts/rotaryConfig.ts';
import { readShape } from './parts/shape.ts';
import type { LayerType } from './parts/windows.ts';
import { readLayerTypes, readWindow, windowsOf } from './parts/windows.ts';

export const gemma3: Architecture = {
  id: 'gemma3',
  title: 'Gemma 3 (text)',
  modelTypes: ['gemma3_text'],
  handled: [
    ...gatedDecoderKeys,
    ...gemmaBlockKeys,
    'rope_local_base_freq',
    'sliding_window_pattern',
    '_sliding_window_pattern',
  ],
  // The reference implementation reads the cap on scores and does not use it.
  ignored: ['attn_logit_softcapping'],
  fixed: { use_bidirectional_attention: [null, false] },
  describe(config) {
    const read = new ConfigReader(config);
    const shape = readShape(read, { context: 131072, kvHeads: 4, headWidth: 256 });
    const bias = read.boolean('attention_bias', false);
    const scale = 1 / Math.sqrt(read.number('query_pre_attn_scalar', limits.positive, 256));
    const window = readWindow(read, 4096);
    const types = readLayerTypes(read, shape.layers, window, patternOf(read));
    return gatedDecoder(read, shape, {
      tied: true,
      norm: gemmaNorm,
      embeddingScale: gemmaEmbeddingScale(shape),
      activationKey: 'hidden_activation',
      activation: 'gelu_pytorch_tanh',
      windowOf: windowsOf(types, window),
      rotary: {
        rotary: [readFullRotary(read, shape), readSlidingRotary(read, shape)],
        rotaryOf: (layer) => (types[layer] === 'sliding_attention' ? 1 : 0),
      },
      block: (weights, settings) =>
        twiceNormedBlock(shape, weights, settings, {
          bias,
          scale,
          queryNorm: rmsNorm(weights, 'self_attn.q_norm', settings.epsilon, 'H', true),
          keyNorm: rmsNorm(weights, 'self_attn.k_norm', settings.epsilon, 'H', true),
        }),
      logits: { softCap: read.optionalNumber('final_logit_softcapping', limits.positive) },
    });
  },
};

// Every sixth layer sees all keys, unless the config gives another number.
function patternOf(read: ConfigReader): (layer: number) => LayerType {
  const key = read.has('sliding_window_pattern') ? 'sliding_window_pattern' : '_sliding_window_pattern';
  const every = read.integer(key, limits.layers, 6);
  return (layer) => ((layer + 1) % every === 0 ? 'full_attention' : 'sliding_attention');
}

function readFullRotary(read: ConfigReader, { headWidth, context }: ModelShape): Rotary {
  const rope = read.object('rope_scaling') ?? read.object('rope_parameters')?.object('full_attention');
  return readRotaryFrom(rope ?? empty, read, { headWidth, context, theta: 1_000_000 });
}

// `rope_scaling` of older files is for the full layers only.
function readSlidingRotary(read: ConfigReader, { headWidth, context }: ModelShape): Rotary {
  const rope = read.object('rope_parameters')?.object('sliding_attention') ?? empty;
  const keys = { theta: 'rope_local_base_freq', share: 'partial_rotary_factor' };
  return readRotaryFrom(rope, read, { headWidth, context, theta: 10_000, keys });
}

const empty = new ConfigReader({}, 'rope_scaling.');
