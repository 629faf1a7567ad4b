/** Phi 3 and 4: Llama's block with one weight for queries, keys and values, one for gate and up, and long-context rotary. */
import type { Architecture, ModelShape } from './architecture.ts';
import type { ActivationName } from './parts/activations.ts';
import { ConfigReader } from './parts/config.ts';
import { gatedDecoder, gatedDecoderKeys } from './parts/gatedDecoder.ts';
import { attentionOf } from './parts/llamaBlock.ts';
import type { Mlp } from './parts/mlp.ts';
import type { Projections } from './parts/projections.ts';
import { readRotary } from './parts/rotaryConfig.ts';
import { readShape } from './parts/shape.ts';
import type { Namer } from './parts/weights.ts';
import { linearOf } from './parts/weights.ts';
import { readWindow } from './parts/windows.ts';

export const phi3: Architecture = {
  id: 'phi3',
  title: 'Phi 3',
  modelTypes: ['phi3'],
  handled: [...gatedDecoderKeys, 'sliding_window'],
  ignored: ['full_attn_mod', 'interpolate_factor'],
  fixed: { attention_bias: [false], mlp_bias: [false], lm_head_bias: [false] },
  describe(config) {
    const read = new ConfigReader(config);
    const shape = readShape(read, { context: 4096 });
    const { headWidth, context } = shape;
    const window = readWindow(read, null);
    return gatedDecoder(read, shape, {
      epsilon: 1e-5,
      windowOf: () => window,
      rotary: {
        rotary: [readRotary(read, { headWidth, context, share: 1, originalContext: 4096, yarnIsLongrope: true })],
      },
      attention: (weights) => attentionOf(shape, weights, { projections: stackedProjections(shape, weights) }),
      mlp: (weights, { activation }) => stackedMlp(shape, weights, activation),
    });
  },
};

// Rows of the stored weight: all queries, all keys, all values.
function stackedProjections({ heads, kvHeads, headWidth }: ModelShape, weights: Namer): Projections {
  const queries = heads * headWidth;
  const keys = kvHeads * headWidth;
  const part = (axes: string, from: number, rows: number) =>
    linearOf(weights, 'self_attn.qkv_proj', axes, null, { rows: [from, from + rows] });
  return {
    kind: 'separate',
    q: part('N H D', 0, queries),
    k: part('G H D', queries, keys),
    v: part('G H D', queries + keys, keys),
  };
}

// Rows of the stored weight: gate, then up.
function stackedMlp({ mlpWidth }: ModelShape, weights: Namer, activation: ActivationName): Mlp {
  const M = mlpWidth ?? 0;
  return {
    activation,
    gate: linearOf(weights, 'mlp.gate_up_proj', 'M D', null, { rows: [0, M] }),
    up: linearOf(weights, 'mlp.gate_up_proj', 'M D', null, { rows: [M, 2 * M] }),
    down: linearOf(weights, 'mlp.down_proj', 'D M', null),
  };
}
