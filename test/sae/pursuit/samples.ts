/** Drawn atoms and inputs that the tests of the pursuit share. */
import type { Atoms } from '../../../sae/pursuit/pursuit.ts';
import type { Random } from '../../../engine/tensor/random.ts';
import { seededRandom } from '../../../engine/tensor/random.ts';

export interface Shape {
  readonly width: number;
  readonly features: number;
}

/** Normal rows of length `norm`, drawn anew for each atom where it is a range. In float32, for the kernels hold that. */
export function drawnAtoms({ width, features }: Shape, norm: number | readonly [number, number], seed = 1): Atoms {
  const random = seededRandom(seed);
  const W_dec = Float32Array.from({ length: features * width }, () => random.normal());
  for (let i = 0; i < features; i++) {
    const row = W_dec.subarray(i * width, (i + 1) * width);
    const wanted = typeof norm === 'number' ? norm : norm[0] + (norm[1] - norm[0]) * random.next();
    const scale = wanted / Math.hypot(...row);
    row.forEach((value, k) => (row[k] = value * scale));
  }
  return { width, features, W_dec, b_dec: normals(width, random, 0.2) };
}

/** [B D] */
export function drawnInputs(count: number, { width }: Shape, seed = 2): Float32Array {
  return normals(count * width, seededRandom(seed), 1);
}

export function rowOf(values: Float32Array, row: number, width: number): Float32Array {
  return values.subarray(row * width, (row + 1) * width);
}

function normals(length: number, random: Random, scale: number): Float32Array {
  return Float32Array.from({ length }, () => scale * random.normal());
}
