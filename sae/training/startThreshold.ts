/** Where thresholds start: at the height that so many pre-activations of a row are above. */
import type { Rows } from '../rows.ts';
import { countOf, rowAt } from '../rows.ts';

/** Multiplications that are spent on it, and rows that are looked at, at most. */
const work = 2 ** 29;
const mostRows = 1024;

/** Most features of a row that are asked to be above it: a share of all. Among centred rows about half of them are above 0. */
const mostActive = 1 / 4;

/** What a threshold of rows without any length is: above 0, for its logarithm is what is trained. */
const least = 1e-6;

/** `rows` [n D] as the encoder [D F] reads them; of the pre-activations of the first ones, that with active n above it. */
export function startThreshold(rows: Rows, encoder: Float32Array, active: number): number {
  const { width } = rows;
  const features = encoder.length / width;
  const count = Math.max(1, Math.min(mostRows, countOf(rows), Math.floor(work / encoder.length)));
  const products = new Float32Array(count * features);
  for (let row = 0; row < count; row++) {
    const own = products.subarray(row * features, (row + 1) * features);
    rowAt(rows, row).forEach((value, d) => {
      const column = d * features;
      for (let feature = 0; feature < features; feature++)
        own[feature] = (own[feature] as number) + value * (encoder[column + feature] as number);
    });
  }
  const above = Math.round(count * Math.min(active, features * mostActive));
  return Math.max(least, products.sort()[products.length - 1 - above] ?? least);
}
