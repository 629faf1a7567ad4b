/** The number of a feature that is a sum over whatever its input is a sum of. */
import type { Dictionary, WeightName } from '../dictionary.ts';
import { weightOf } from '../dictionary.ts';
import { rowScales } from '../prepared.ts';
import { frozenPath } from '../pursuit/frozenPath.ts';
import { pursue } from '../pursuit/pursue.ts';
import { product } from '../product.ts';

export interface PreActivation {
  /** [D] in the model's units: value = reader . x + bias. */
  readonly reader: Float64Array;
  readonly bias: number;
  readonly value: number;
  /** Which number it is, and what is held. */
  readonly notes: readonly string[];
}

/** In the prepared form: value = weights . prepared(x) + bias. */
interface Linear {
  readonly weights: Float64Array;
  readonly bias: number;
  readonly notes: readonly string[];
}

/**
 * Of one row [D] in the convention of the dictionary. A normalisation of the row is held: for layerNorm,
 * w . (x - mean x) / s = (w - mean w) . x / s.
 */
export function preActivation(dictionary: Dictionary, feature: number, row: Float32Array): PreActivation {
  const { input, width } = dictionary;
  const { shifts, factors } = rowScales({ width, data: row }, input);
  const [shift, factor] = [shifts[0] as number, factors[0] as number];
  const { weights, bias, notes } = linearOf(
    dictionary,
    feature,
    row.map((value) => (value - shift) * factor),
  );
  const mean = input.normalisation === 'layerNorm' ? weights.reduce((sum, w) => sum + w, 0) / width : 0;
  const reader = weights.map((weight) => (weight - mean) * factor);
  const held = input.normalisation === 'none' ? [] : ["the row's own normalisation is held at its value"];
  return { reader, bias, value: product(reader, row) + bias, notes: [...notes, ...held] };
}

function linearOf(dictionary: Dictionary, feature: number, x: Float32Array): Linear {
  const { encoder, input } = dictionary;
  const one = (name: WeightName) => weightOf(dictionary, name)[feature] as number;
  const encoded = (bias: number, scale = 1): Linear => {
    const weights = column(dictionary, feature).map((weight) => weight * scale);
    const centre = input.subtractsBias ? product(weights, weightOf(dictionary, 'b_dec')) : 0;
    return { weights, bias: bias - centre, notes: [] };
  };
  switch (encoder.kind) {
    case 'relu':
    case 'topK':
    case 'jumpReLU':
    case 'linear':
    case 'onePerGroup':
      return encoded(one('b_enc'));
    case 'gated':
      return gated(encoded(one('b_mag'), Math.exp(one('r_mag'))), encoded(one('b_gate')), x);
    case 'nearest':
      return nearest(dictionary, feature);
    case 'matchingPursuit':
      return pursued(dictionary, feature, x);
  }
}

function gated(magnitude: Linear, gate: Linear, x: Float32Array): Linear {
  const value = product(gate.weights, x) + gate.bias;
  const note = `the magnitude is split; the gate is ${value > 0 ? 'open' : 'shut'} at ${value.toFixed(3)}`;
  return { ...magnitude, notes: [note] };
}

/** |c - d|^2 is least where c . d - |d|^2 / 2 is largest. */
function nearest(dictionary: Dictionary, feature: number): Linear {
  const row = decoderRow(dictionary, feature);
  const centre = dictionary.input.subtractsBias ? product(row, weightOf(dictionary, 'b_dec')) : 0;
  const bias = -product(row, row) / 2 - centre;
  return { weights: row, bias, notes: ['c . d - |d|^2 / 2 is split, which is largest for the nearest row d'] };
}

/** Exact along the path of picks (see frozenPath); of a feature that was not picked, the score that it began with. */
function pursued(dictionary: Dictionary, feature: number, x: Float32Array): Linear {
  const { width, features, input, encoder } = dictionary;
  if (encoder.kind !== 'matchingPursuit') throw new RangeError('no matching pursuit');
  const [W_dec, own] = [weightOf(dictionary, 'W_dec'), weightOf(dictionary, 'b_dec')];
  const b_dec = input.subtractsBias ? own : new Float32Array(width);
  const atoms = { width, features, W_dec, b_dec };
  const { picks } = pursue(atoms, x, {
    ...{ steps: encoder.steps, clamped: true, stopsOnRepeat: encoder.stopsOnRepeat },
    ...{ relativeThreshold: encoder.relativeThreshold ?? 0, absoluteThreshold: encoder.residualThreshold },
  });
  const along = frozenPath(atoms, picks).get(feature);
  const weights = along ?? decoderRow(dictionary, feature);
  const place = picks.indexOf(feature) + 1;
  const note =
    along === undefined
      ? 'the feature was not picked: the score d . c that it began with is split'
      : `the code is split with the path of picks held (pick ${place} of ${picks.length})`;
  return { weights, bias: -product(weights, b_dec), notes: [note] };
}

function column(dictionary: Dictionary, feature: number): Float64Array {
  const { width, features } = dictionary;
  const encoder = weightOf(dictionary, 'W_enc');
  return Float64Array.from({ length: width }, (_, d) => encoder[d * features + feature] as number);
}

function decoderRow(dictionary: Dictionary, feature: number): Float64Array {
  const { width } = dictionary;
  return Float64Array.from(weightOf(dictionary, 'W_dec').subarray(feature * width, (feature + 1) * width));
}
