/** SmolLM3: Llama's block without rotary in every fourth layer. */
import type { Architecture } from './architecture.ts';
import { ConfigReader, limits } from './parts/config.ts';
import { gatedDecoder, gatedDecoderKeys } from './parts/gatedDecoder.ts';
import { attentionOf, gatedMlp } from './parts/llamaBlock.ts';
import { readRotary } from './parts/rotaryConfig.ts';
import { readShape } from './parts/shape.ts';
import { readLayerTypes, readWindow, windowsOf } from './parts/windows.ts';

export const smollm3: Architecture = {
  id: 'smollm3',
  title: 'SmolLM3',
  modelTypes: ['smollm3'],
  handled: [
    ...gatedDecoderKeys,
    'attention_bias',
    'mlp_bias',
    'no_rope_layers',
    'no_rope_layer_interval',
    'use_sliding_window',
    'sliding_window',
    'layer_types',
  ],
  ignored: ['max_window_layers'],
  fixed: {},
  describe(config) {
    const read = new ConfigReader(config);
    const shape = readShape(read, { context: 32768, kvHeads: 4 });
    const bias = read.boolean('attention_bias', false);
    const mlpBias = read.boolean('mlp_bias', false);
    const turns = readTurningLayers(read, shape.layers);
    const window = read.boolean('use_sliding_window', false) ? readWindow(read, null) : null;
    const types = readLayerTypes(read, shape.layers, window, (layer) =>
      window !== null && turns[layer] !== true ? 'sliding_attention' : 'full_attention',
    );
    return gatedDecoder(read, shape, {
      tied: true,
      windowOf: windowsOf(types, window),
      rotary: {
        rotary: [readRotary(read, { headWidth: shape.headWidth, context: shape.context, theta: 2_000_000 })],
        rotaryOf: (layer) => (turns[layer] === true ? 0 : null),
      },
      attention: (weights, { layer }) =>
        attentionOf(shape, weights, { bias, rotary: turns[layer] === true ? { interleaved: false } : null }),
      mlp: (weights, { activation }) => gatedMlp(weights, activation, mlpBias),
    });
  },
};

// `no_rope_layers` has 1 where a layer turns its queries and keys; else every layer at the interval doesn't.
function readTurningLayers(read: ConfigReader, layers: number): readonly boolean[] {
  const listed = read.perLayer('no_rope_layers', layers, [0, 1]);
  if (listed !== null) return listed.map((flag) => flag === 1);
  const interval = read.integer('no_rope_layer_interval', limits.layers, 4);
  return Array.from({ length: layers }, (_, layer) => (layer + 1) % interval !== 0);
}
