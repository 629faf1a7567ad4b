/** Where thresholds start: at the height that so many pre-activations of a row are above. */
import type { Rows } from '../rows.ts';
import { countOf, rowAt } from '../rows.ts';

/** Rows that are looked at: these at least, and no more than give so many pre-activations for so many multiplications. */
const fewestRows = 16;
const mostRows = 1024;
const mostValues = 2 ** 22;
const mostProducts = 2 ** 29;

/** Most features of a row that are asked to be above it: a share of all. Among centred rows about half of them are above 0. */
const mostActive = 1 / 4;

/** What a threshold of rows without any length is: above 0, for its logarithm is what is trained. */
const least = 1e-6;

/** `rows` [n D] as the encoder [D F] reads them; of the pre-activations of the first n rows, the height that active n are above. */
export function startThreshold(rows: Rows, encoder: Float32Array, active: number): number {
  const features = encoder.length / rows.width;
  const count = Math.min(countOf(rows), rowsToRead(features, encoder.length));
  const values = preActivations(rows, encoder, count).sort();
  const above = Math.round(count * Math.min(active, features * mostActive));
  return Math.max(least, values[values.length - 1 - above] ?? least);
}

function rowsToRead(features: number, products: number): number {
  const most = Math.min(mostRows, Math.floor(mostValues / features), Math.floor(mostProducts / products));
  return Math.max(fewestRows, most);
}

/** [count F] x W_enc */
function preActivations(rows: Rows, encoder: Float32Array, count: number): Float32Array {
  const features = encoder.length / rows.width;
  const values = new Float32Array(count * features);
  for (let row = 0; row < count; row++) {
    const own = values.subarray(row * features, (row + 1) * features);
    rowAt(rows, row).forEach((value, d) => {
      const column = d * features;
      for (let feature = 0; feature < features; feature++)
        own[feature] = (own[feature] as number) + value * (encoder[column + feature] as number);
    });
  }
  return values;
}
