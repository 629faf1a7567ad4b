import { samplesOf } from '../codes.ts';
import { weightOf } from '../dictionary.ts';
import { rowProduct, unitRows } from '../directions.ts';
import type { Measure } from './measure.ts';

export interface Coherence {
  /** [r] for r = 1, 2, ..: the largest over features of the sum of |cosine| with the r others most like it (Babel). */
  readonly babel: Float64Array;
  /** [r] the mean over features instead of the largest: softer. */
  readonly mean: Float64Array;
  /** Mean over samples with two or more of the largest, over its active features, of the sum of |cosine| with the other active ones. */
  readonly coActive: number;
}

/** Others that are summed over, at most. */
const longest = 64;

/** mu(r) = max over j and sets S of r others of sum over i in S of |d_i . d_j|, rows unit (Tropp 2004); and the mean over j. */
export function babel(decoder: ArrayLike<number>, width: number): Pick<Coherence, 'babel' | 'mean'> {
  const unit = unitRows(decoder, width);
  const features = unit.length / width;
  const length = Math.min(longest, features - 1);
  const [largest, mean] = [new Float64Array(length), new Float64Array(length)];
  const row = new Float64Array(features);
  for (let j = 0; j < features; j++) {
    // Itself comes last, whatever the others are.
    for (let i = 0; i < features; i++) row[i] = i === j ? -1 : Math.abs(rowProduct(unit, i, unit, j, width));
    const sorted = row.toSorted();
    let sum = 0;
    for (let r = 0; r < length; r++) {
      sum += sorted[features - 1 - r] as number;
      largest[r] = Math.max(largest[r] as number, sum);
      mean[r] = (mean[r] as number) + sum / features;
    }
  }
  return { babel: largest, mean };
}

export const coherence: Measure<Coherence> = {
  id: 'coherence',
  title: 'Coherence of the decoder (Babel)',
  formula: 'mu(r) = max over features j and sets S of r others of sum over i in S of |cos(d_i, d_j)|',
  pitfall:
    'Dead rows count in the whole dictionary. A dictionary can be coherent as a whole and incoherent among features that occur together, which is what recovery needs.',
  measure({ dictionary, codes }) {
    const decoder = weightOf(dictionary, 'W_dec');
    const unit = unitRows(decoder, dictionary.width);
    let [total, samples] = [0, 0];
    for (let b = 0; b < samplesOf(codes); b++) {
      const active = codes.indices.subarray(codes.starts[b], codes.starts[b + 1]);
      if (active.length < 2) continue;
      samples++;
      total += largestSum(unit, active, dictionary.width);
    }
    return { ...babel(decoder, dictionary.width), coActive: samples === 0 ? 0 : total / samples };
  },
};

function largestSum(unit: Float64Array, active: Uint32Array, width: number): number {
  const sums = Array.from(active, (j) =>
    active.reduce((sum, i) => (i === j ? sum : sum + Math.abs(rowProduct(unit, i, unit, j, width))), 0),
  );
  return sums.reduce((most, sum) => Math.max(most, sum), 0);
}
