/** Random unit directions with TopK codes: what size and sparsity give by themselves. */
import { seededRandom } from '../../engine/tensor/random.ts';
import type { Control } from './control.ts';
import { controlDictionary, preparedControl } from './control.ts';
import { transposedRows } from '../rows.ts';

/** [F D] */
function randomUnitRows(features: number, width: number, seed: number): Float32Array {
  const random = seededRandom(seed);
  const data = new Float32Array(features * width);
  for (let feature = 0; feature < features; feature++) {
    const row = Float64Array.from({ length: width }, () => random.normal());
    const length = Math.hypot(...row);
    data.set(
      row.map((value) => value / length),
      feature * width,
    );
  }
  return data;
}

export const randomDirections: Control = {
  id: 'randomDirections',
  title: 'Random directions',
  about: 'As many random directions, the k that fit best: a score that they reach too says nothing about training.',
  madeOf: 'rows',
  make(input) {
    const { centre, centred } = preparedControl(input);
    const { features } = input;
    const k = Math.min(Math.max(1, Math.round(input.k)), features);
    const decoder = randomUnitRows(features, centred.width, input.seed);
    const weights = new Map([
      ['W_enc', transposedRows(decoder, centred.width)],
      ['b_enc', new Float32Array(features)],
      ['W_dec', decoder],
      ['b_dec', Float32Array.from(centre)],
    ] as const);
    return controlDictionary('randomDirections', input, { features, encoder: { kind: 'topK', k }, weights }, { k });
  },
};
