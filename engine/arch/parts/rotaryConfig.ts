/** Reads a rotary embedding from a config: `rope_theta` and `rope_scaling`, or `rope_parameters` of newer files. */
import { Fault } from '../../terms/fault.ts';
import { ConfigReader, limits, showValue } from './config.ts';
import type { Rotary, RotaryScaling } from './rotary.ts';
import { angleCount } from './rotary.ts';

/** Config keys that `readRotary` understands. */
export const rotaryKeys = [
  'rope_theta',
  'rope_scaling',
  'rope_parameters',
  'partial_rotary_factor',
  'original_max_position_embeddings',
] as const;

export interface RotaryDefaults {
  readonly headWidth: number;
  /** Base where the config gives none. */
  readonly theta?: number;
  /** Share of a head that is turned where the config gives none; null: the family always turns whole heads. */
  readonly share?: number | null;
  /** Longest prompt, for the scalings that need one. */
  readonly context: number;
  readonly originalContext?: number;
  /** Files of this family say `yarn` where they mean `longrope`. */
  readonly yarnIsLongrope?: boolean;
  /** Keys of base and share at the top level of the config. */
  readonly keys?: { readonly theta: string; readonly share: string };
}

const scalings = ['default', 'linear', 'dynamic', 'llama3', 'yarn', 'longrope', 'su', 'factors'] as const;
type ScalingName = (typeof scalings)[number];

const common = ['rope_type', 'type', 'rope_theta', 'partial_rotary_factor'];
const keysOf: Readonly<Record<ScalingName, readonly string[]>> = {
  default: [],
  linear: ['factor'],
  dynamic: ['factor', 'original_max_position_embeddings'],
  llama3: ['factor', 'low_freq_factor', 'high_freq_factor', 'original_max_position_embeddings'],
  yarn: [
    'factor',
    'attention_factor',
    'beta_fast',
    'beta_slow',
    'mscale',
    'mscale_all_dim',
    'truncate',
    'original_max_position_embeddings',
    'finetuned',
  ],
  longrope: ['factor', 'attention_factor', 'short_factor', 'long_factor', 'original_max_position_embeddings'],
  su: ['factor', 'attention_factor', 'short_factor', 'long_factor', 'original_max_position_embeddings'],
  factors: ['factors'],
};

/** The model's one rotary embedding. */
export function readRotary(read: ConfigReader, defaults: RotaryDefaults): Rotary {
  const nested = read.object('rope_scaling') ?? read.object('rope_parameters') ?? new ConfigReader({}, 'rope_scaling.');
  return readRotaryFrom(nested, read, defaults);
}

/** Rotary embedding described by `rope`, with the top level of the config as its defaults. */
export function readRotaryFrom(rope: ConfigReader, top: ConfigReader, defaults: RotaryDefaults): Rotary {
  const otherwise = defaults.theta ?? 10000;
  const theta = rope.has('rope_theta')
    ? rope.number('rope_theta', limits.positive)
    : top.number(defaults.keys?.theta ?? 'rope_theta', limits.positive, otherwise);
  const width = rotatedWidth(rope, top, defaults);
  return { theta, width, scaling: readScaling(rope, top, defaults, width) };
}

function rotatedWidth(
  rope: ConfigReader,
  top: ConfigReader,
  { headWidth, share = null, keys }: RotaryDefaults,
): number {
  const inside = rope.has('partial_rotary_factor');
  const from = inside ? rope : top;
  const key = inside ? 'partial_rotary_factor' : (keys?.share ?? 'partial_rotary_factor');
  const given = from.number(key, limits.positive, share ?? 1);
  if (share === null && given !== 1) from.fail(key, '1 in this family');
  const width = Math.trunc(headWidth * given);
  const fits = width >= 1 && 2 * angleCount(width) <= headWidth;
  return fits ? width : from.fail(key, `a share of the head width ${headWidth} that turns pairs`, given);
}

function readScaling(rope: ConfigReader, top: ConfigReader, defaults: RotaryDefaults, width: number): RotaryScaling {
  const named = rope.choice('rope_type', scalings, rope.choice('type', scalings, 'default'));
  const kind = named === 'yarn' && defaults.yarnIsLongrope === true ? 'longrope' : named;
  checkKeys(rope, kind);
  switch (kind) {
    case 'default':
      return { kind };
    case 'linear':
      return { kind, factor: rope.number('factor', limits.positive) };
    case 'dynamic':
      return { kind, factor: rope.number('factor', limits.positive), context: defaults.context };
    case 'llama3':
      return readLlama3(rope, originalContext(rope, top, defaults));
    case 'yarn':
      return readYarn(rope, originalContext(rope, top, defaults), defaults);
    case 'longrope':
    case 'su':
      return readLongrope(rope, originalContext(rope, top, defaults), defaults, width);
    case 'factors':
      return { kind, factors: rope.numbers('factors', angleCount(width), limits.positive) };
  }
}

function readLlama3(rope: ConfigReader, original: number): RotaryScaling {
  const low = rope.number('low_freq_factor', limits.positive);
  const high = rope.number('high_freq_factor', limits.positive);
  if (high <= low) rope.fail('high_freq_factor', `more than low_freq_factor ${low}`);
  const factor = rope.number('factor', limits.positive);
  return { kind: 'llama3', factor, lowFrequencyFactor: low, highFrequencyFactor: high, originalContext: original };
}

function readYarn(rope: ConfigReader, original: number, defaults: RotaryDefaults): RotaryScaling {
  const factor = rope.number('factor', limits.positive, defaults.context / original);
  return {
    kind: 'yarn',
    factor,
    attentionFactor: rope.optionalNumber('attention_factor', limits.any) ?? yarnAttention(rope, factor),
    betaFast: rope.number('beta_fast', limits.any, 32) || 32,
    betaSlow: rope.number('beta_slow', limits.any, 1) || 1,
    truncate: rope.boolean('truncate', true),
    originalContext: original,
  };
}

// 0.1 mscale log(factor) + 1     (Peng et al. 2023); with both mscales, their ratio
function yarnAttention(rope: ConfigReader, factor: number): number {
  const attention = (mscale: number) => (factor <= 1 ? 1 : 0.1 * mscale * Math.log(factor) + 1);
  const mscale = rope.number('mscale', limits.any, 0);
  const all = rope.number('mscale_all_dim', limits.any, 0);
  return mscale !== 0 && all !== 0 ? attention(mscale) / attention(all) : attention(1);
}

function readLongrope(rope: ConfigReader, original: number, defaults: RotaryDefaults, width: number): RotaryScaling {
  const factor = rope.number('factor', limits.positive, defaults.context / original);
  // sqrt(1 + log(factor) / log(original context))     (Ding et al. 2024)
  const attention = factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(original));
  return {
    kind: 'longrope',
    attentionFactor: rope.number('attention_factor', limits.positive, attention),
    shortFactors: rope.numbers('short_factor', angleCount(width), limits.positive),
    longFactors: rope.numbers('long_factor', angleCount(width), limits.positive),
    originalContext: original,
  };
}

// The key beside the rotary settings goes before the one inside them.
function originalContext(rope: ConfigReader, top: ConfigReader, defaults: RotaryDefaults): number {
  const key = 'original_max_position_embeddings';
  const from = top.has(key) ? top : rope;
  return from.number(key, limits.positive, defaults.originalContext ?? defaults.context);
}

function checkKeys(rope: ConfigReader, kind: ScalingName): void {
  const known = new Set([...common, ...keysOf[kind]]);
  for (const [key, value] of Object.entries(rope.config)) {
    if (known.has(key) || value === null) continue;
    throw new Fault({
      what: `rotary setting that is not understood with type ${kind}`,
      where: `config rope_scaling.${key}`,
      expected: `one of ${[...known].join(', ')}`,
      got: showValue(value),
    });
  }
}
