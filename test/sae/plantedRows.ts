/** Rows made of few known directions each: what a dictionary should find. */
import { seededRandom } from '../../engine/tensor/random.ts';
import type { Rows } from '../../sae/rows.ts';

export interface PlantedRows extends Rows {
  /** [T D] unit directions. */
  readonly directions: Float32Array;
}

/** Each of `truths` directions is in a row with this probability, with a strength from 1 to 2; around a mean that is not 0. */
export function plantedRows(
  count: number,
  width: number,
  truths: number,
  probability: number,
  seed: number,
): PlantedRows {
  const random = seededRandom(seed);
  const directions = new Float32Array(truths * width);
  for (let t = 0; t < truths; t++) {
    const row = Float64Array.from({ length: width }, () => random.normal());
    directions.set(
      row.map((value) => value / Math.hypot(...row)),
      t * width,
    );
  }
  const data = new Float32Array(count * width).map((_, i) => 0.3 * ((i % width) % 3));
  for (let row = 0; row < count; row++) {
    for (let t = 0; t < truths; t++) {
      if (random.next() >= probability) continue;
      const strength = 1 + random.next();
      for (let d = 0; d < width; d++) {
        const place = row * width + d;
        data[place] = (data[place] as number) + strength * (directions[t * width + d] as number);
      }
    }
  }
  return { width, data, directions };
}

/** Of each direction, the largest cosine with a row of the decoder [F D]. */
export function recovery({ directions, width }: PlantedRows, decoder: Float32Array): number[] {
  const cosine = (a: Float32Array, b: Float32Array) =>
    a.reduce((sum, value, i) => sum + value * (b[i] as number), 0) / (Math.hypot(...a) * Math.hypot(...b) + 1e-12);
  const rows = (data: Float32Array) =>
    Array.from({ length: data.length / width }, (_, i) => data.subarray(i * width, (i + 1) * width));
  return rows(directions).map((truth) => Math.max(...rows(decoder).map((row) => cosine(truth, row))));
}
