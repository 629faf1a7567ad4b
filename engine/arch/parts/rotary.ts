/** Rotary frequencies of every scaling in use, in float32 with the rounding of the reference implementation. */
import type { RotaryKind } from '../architecture.ts';

const round = Math.fround;

export type RotaryScaling =
  | { readonly kind: 'default' }
  | { readonly kind: 'linear'; readonly factor: number }
  /** The base grows with the sequence once it is longer than `context`. */
  | { readonly kind: 'dynamic'; readonly factor: number; readonly context: number }
  | {
      readonly kind: 'llama3';
      readonly factor: number;
      readonly lowFrequencyFactor: number;
      readonly highFrequencyFactor: number;
      readonly originalContext: number;
    }
  | {
      readonly kind: 'yarn';
      readonly factor: number;
      readonly attentionFactor: number;
      readonly betaFast: number;
      readonly betaSlow: number;
      readonly truncate: boolean;
      readonly originalContext: number;
    }
  | {
      readonly kind: 'longrope';
      readonly attentionFactor: number;
      readonly shortFactors: readonly number[];
      readonly longFactors: readonly number[];
      readonly originalContext: number;
    }
  /** Each frequency is divided by its factor. */
  | { readonly kind: 'factors'; readonly factors: readonly number[] };

export interface Rotary {
  readonly theta: number;
  /** Entries of a head that are turned; an odd width turns one more. */
  readonly width: number;
  readonly scaling: RotaryScaling;
}

/** Number of angles J of a rotated width. */
export function angleCount(width: number): number {
  return Math.ceil(width / 2);
}

export function rotaryKind({ theta, width, scaling }: Rotary): RotaryKind {
  switch (scaling.kind) {
    case 'default':
      return always(inverse(powers(theta, width)));
    case 'linear':
      return always(inverse(powers(theta, width)).map((frequency) => round(frequency / scaling.factor)));
    case 'factors':
      return always(inverse(powers(theta, width)).map((f, j) => round(f / at(scaling.factors, j))));
    case 'dynamic':
      return { scale: 1, frequencies: (length) => dynamic(theta, width, scaling, length) };
    case 'llama3':
      return always(inverse(powers(theta, width)).map((frequency) => llama3(frequency, scaling)));
    case 'yarn':
      return always(yarn(theta, width, scaling), scaling.attentionFactor);
    case 'longrope':
      return longrope(theta, width, scaling);
  }
}

function always(frequencies: Float32Array, scale = 1): RotaryKind {
  return { scale, frequencies: () => frequencies };
}

// theta^(2 j / width) for j = 0 .. J - 1     (Su et al. 2021)
function powers(theta: number, width: number): Float32Array {
  const base = round(theta);
  return Float32Array.from({ length: angleCount(width) }, (_, j) => base ** round((2 * j) / width));
}

function inverse(values: Float32Array): Float32Array {
  return values.map((value) => 1 / value);
}

// base' = base (factor L / context - (factor - 1))^(width / (width - 2)), L = max(length, context)     (NTK-aware scaling)
function dynamic(
  theta: number,
  width: number,
  { factor, context }: Extract<RotaryScaling, { kind: 'dynamic' }>,
  length: number,
): Float32Array {
  if (length <= context) return inverse(powers(theta, width));
  const stretch = round(round(round(factor * length) / context) - (factor - 1));
  return inverse(powers(round(theta * round(stretch ** (width / (width - 2)))), width));
}

// Wavelengths over context / low are divided by factor, those under context / high are kept, between them: a blend
// with weight s = (context / wavelength - low) / (high - low).     (Llama 3.1)
function llama3(frequency: number, scaling: Extract<RotaryScaling, { kind: 'llama3' }>): number {
  const { factor, lowFrequencyFactor: low, highFrequencyFactor: high, originalContext } = scaling;
  const wavelength = round(round(2 * Math.PI) / frequency);
  if (wavelength > originalContext / low) return round(frequency / factor);
  if (wavelength < originalContext / high) return frequency;
  const s = round(round(round(originalContext / wavelength) - low) / (high - low));
  return round(round(round(round(1 - s) * frequency) / factor) + round(s * frequency));
}

// Frequencies that turn more than betaFast times in the original context are kept, those under betaSlow turns are
// divided by factor, between them: a linear ramp over j.     (Peng et al. 2023)
function yarn(theta: number, width: number, scaling: Extract<RotaryScaling, { kind: 'yarn' }>): Float32Array {
  const { factor, betaFast, betaSlow, truncate, originalContext } = scaling;
  const turnsAt = (turns: number) =>
    (width * Math.log(originalContext / (turns * 2 * Math.PI))) / (2 * Math.log(theta));
  const whole = (value: number, rounded: (x: number) => number) => (truncate ? rounded(value) : value);
  const low = Math.max(whole(turnsAt(betaFast), Math.floor), 0);
  const high = Math.min(whole(turnsAt(betaSlow), Math.ceil), width - 1);
  const span = low === high ? 0.001 : high - low;
  return powers(theta, width).map((power, j) => {
    const ramp = Math.min(Math.max(round(round(j - low) / span), 0), 1);
    const kept = round(1 - ramp);
    const interpolated = round(1 / round(factor * power));
    return round(round(interpolated * round(1 - kept)) + round(round(1 / power) * kept));
  });
}

// frequency[j] = 1 / (factors[j] theta^(2 j / width)); the long factors beyond the original context.  (Ding et al. 2024)
function longrope(theta: number, width: number, scaling: Extract<RotaryScaling, { kind: 'longrope' }>): RotaryKind {
  const scaled = (factors: readonly number[]) =>
    powers(theta, width).map((power, j) => 1 / round(round(at(factors, j)) * power));
  const short = scaled(scaling.shortFactors);
  const long = scaled(scaling.longFactors);
  return {
    scale: scaling.attentionFactor,
    frequencies: (length) => (length > scaling.originalContext ? long : short),
  };
}

function at(values: readonly number[], index: number): number {
  const value = values[index];
  if (value === undefined) throw new RangeError(`no rotary factor ${index}`);
  return value;
}
