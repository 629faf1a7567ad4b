import type { Random } from '../../engine/tensor/random.ts';
import { startState } from '../../engine/train/state.ts';
import type { PursuitState } from './pursuitTraining.ts';

/** Atoms in random directions, of length 1; `b_dec` [D] as it is given, zeros or the mean of the data. */
export function startPursuitState(features: number, b_dec: Float32Array, random: Random): PursuitState {
  const width = b_dec.length;
  const W_dec = Float32Array.from({ length: features * width }, () => random.normal());
  for (let i = 0; i < features; i++) {
    const row = W_dec.subarray(i * width, (i + 1) * width);
    const length = Math.hypot(...row);
    row.forEach((value, k) => (row[k] = value / length));
  }
  const weights = new Map([
    ['W_dec', W_dec],
    ['b_dec', b_dec],
  ]);
  return { ...startState(weights), sinceFired: new Float64Array(features) };
}
