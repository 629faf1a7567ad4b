/** Frequencies against those of transformers 5.23 (modeling_rope_utils), to the last bit of float32 but one. */
import { describe, expect, it } from 'vitest';
import type { RotaryScaling } from '../../engine/arch/parts/rotary.ts';
import { rotaryKind } from '../../engine/arch/parts/rotary.ts';
import { ConfigReader } from '../../engine/arch/parts/config.ts';
import { readRotary } from '../../engine/arch/parts/rotaryConfig.ts';

interface Case {
  readonly name: string;
  readonly scaling: RotaryScaling;
  readonly theta?: number;
  readonly length?: number;
  readonly expected: readonly number[];
}

const yarn = { kind: 'yarn', factor: 4, attentionFactor: 1, betaFast: 32, betaSlow: 1, originalContext: 16 } as const;
const longrope = {
  kind: 'longrope',
  attentionFactor: 1,
  shortFactors: [1, 1.1, 1.3, 1.7],
  longFactors: [1, 2, 5, 11],
  originalContext: 16,
} as const;

const cases: readonly Case[] = [
  {
    name: 'default',
    scaling: { kind: 'default' },
    expected: [1, 0.10000000149011612, 0.009999999776482582, 0.0010000000474974513],
  },
  {
    name: 'linear',
    scaling: { kind: 'linear', factor: 3 },
    expected: [0.3333333432674408, 0.03333333507180214, 0.003333333181217313, 0.0003333333588670939],
  },
  {
    name: 'dynamic within the context',
    scaling: { kind: 'dynamic', factor: 2, context: 64 },
    length: 64,
    expected: [1, 0.10000000149011612, 0.009999999776482582, 0.0010000000474974513],
  },
  {
    name: 'dynamic beyond the context',
    scaling: { kind: 'dynamic', factor: 2, context: 64 },
    length: 100,
    expected: [1, 0.07778222113847733, 0.006050074007362127, 0.00047058824566192925],
  },
  {
    name: 'llama3',
    scaling: { kind: 'llama3', factor: 8, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalContext: 32 },
    theta: 5e5,
    expected: [
      1, 0.024240344762802124, 0.004700753837823868, 0.0009115831344388425, 0.00017677668074611574,
      3.428102354519069e-5, 6.647869668086059e-6, 1.289173155782919e-6,
    ],
  },
  {
    name: 'yarn',
    scaling: { ...yarn, truncate: true },
    expected: [
      1, 0.07905694097280502, 0.02500000037252903, 0.007905694656074047, 0.0024999999441206455, 0.0007905694656074047,
      0.0002500000118743628, 7.905694656074047e-5,
    ],
  },
  {
    name: 'longrope within the original context',
    scaling: longrope,
    length: 16,
    expected: [1, 0.09090909361839294, 0.007692307699471712, 0.0005882352706976235],
  },
  {
    name: 'longrope beyond the original context',
    scaling: longrope,
    length: 17,
    expected: [1, 0.05000000074505806, 0.0020000000949949026, 9.09090886125341e-5],
  },
  {
    name: 'a list of divisors',
    scaling: { kind: 'factors', factors: [1, 1, 2, 4] },
    expected: [1, 0.10000000149011612, 0.004999999888241291, 0.0002500000118743628],
  },
];

describe('rotary frequencies', () => {
  it.each(cases)('are the reference values: $name', ({ scaling, theta = 1e4, length = 8, expected }) => {
    const frequencies = rotaryKind({ theta, width: 2 * expected.length, scaling }).frequencies(length);
    expect(frequencies.length).toBe(expected.length);
    expected.forEach((value, j) =>
      expect(Math.abs((frequencies[j] ?? NaN) - value)).toBeLessThanOrEqual(2 ** -23 * value),
    );
  });

  it('an odd width turns one more entry', () => {
    expect(rotaryKind({ theta: 1e4, width: 5, scaling: { kind: 'default' } }).frequencies(1).length).toBe(3);
  });
});

describe('the config of a rotary embedding', () => {
  const read = (config: Readonly<Record<string, unknown>>) =>
    readRotary(new ConfigReader(config), { headWidth: 8, context: 64 });

  it('is the same in the older and the newer spelling', () => {
    const older = read({ rope_theta: 500, rope_scaling: { type: 'linear', factor: 2 } });
    const newer = read({ rope_parameters: { rope_theta: 500, rope_type: 'linear', factor: 2 } });
    expect(older).toEqual(newer);
    expect(older).toEqual({ theta: 500, width: 8, scaling: { kind: 'linear', factor: 2 } });
  });

  it('scales attention by 0.1 log(factor) + 1 in YaRN, or by the ratio of its two mscales', () => {
    const attention = (more: object) => {
      const rope = { rope_type: 'yarn', factor: 4, original_max_position_embeddings: 16, ...more };
      return rotaryKind(read({ rope_scaling: rope })).scale;
    };
    expect(attention({})).toBeCloseTo(1.138629436111989, 12);
    expect(attention({ mscale: 1.2, mscale_all_dim: 0.7 })).toBeCloseTo(1.0631833659779666, 12);
    expect(attention({ attention_factor: 1.5 })).toBe(1.5);
  });
});
