/** Dictionaries that are known by hand. */
import { seededRandom } from '../../engine/tensor/random.ts';
import type { Dictionary } from '../../sae/dictionary.ts';
import type { DictionaryInput } from '../../sae/input.ts';
import { headInput } from './jobs.ts';

const origin = {
  made: 'imported',
  by: 'test',
  settings: {},
  seed: null,
  steps: null,
  samples: null,
  text: null,
} as const;

/** One feature for each entry of x, of either sign: x^ = by x. */
export function identityDictionary(width: number, input: Partial<DictionaryInput>, by = 1): Dictionary {
  const identity = (value: number) =>
    Float32Array.from({ length: width * width }, (_, i) => (i % (width + 1) === 0 ? value : 0));
  return {
    width,
    features: width,
    encoder: { kind: 'linear' },
    weights: new Map([
      ['W_enc', identity(1)],
      ['b_enc', new Float32Array(width)],
      ['W_dec', identity(by)],
      ['b_dec', new Float32Array(width)],
    ] as const),
    input: { ...headInput, subtractsBias: false, ...input },
    origin,
    model: null,
    density: null,
    labels: new Map(),
  };
}

/** max(x U^T, 0) on given unit directions [F D]: each feature reads and writes its own. */
export function readingDictionary(
  directions: Float32Array,
  width: number,
  input: Partial<DictionaryInput>,
): Dictionary {
  const features = directions.length / width;
  return {
    ...identityDictionary(width, input),
    features,
    encoder: { kind: 'relu' },
    weights: new Map([
      ['W_enc', directions.map((_, i) => directions[(i % features) * width + Math.floor(i / features)] as number)],
      ['b_enc', new Float32Array(features)],
      ['W_dec', directions],
      ['b_dec', new Float32Array(width)],
    ] as const),
  };
}

/** [F D] unit rows. */
export function randomUnits(features: number, width: number, seed: number): Float32Array {
  const random = seededRandom(seed);
  const data = Float32Array.from({ length: features * width }, () => random.normal());
  for (let at = 0; at < data.length; at += width) {
    const row = data.subarray(at, at + width);
    const length = Math.hypot(...row);
    row.forEach((value, d) => (row[d] = value / length));
  }
  return data;
}
