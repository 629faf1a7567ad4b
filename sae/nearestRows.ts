/** The largest cosine of each row of a matrix with the rows of another. */
import type { Band, CosineOptions } from './cosineBands.ts';
import { eachCosineBand } from './cosineBands.ts';

export interface Nearest {
  /** [rows]; -1 where the other matrix has no other row. */
  readonly cosine: Float32Array;
  /** [rows] of the other matrix, of equally near ones the first. */
  readonly index: Uint32Array;
}

/** Of each row of a among b's, and of each row of b among a's. */
export interface NearestBothWays {
  readonly a: Nearest;
  readonly b: Nearest;
}

/** Both ways. Rows of zeros have cosine 0 with all. */
export async function nearestRows(
  a: Float32Array,
  b: Float32Array,
  width: number,
  options: CosineOptions = {},
): Promise<NearestBothWays> {
  const found = noneNearest(a.length / width, b.length / width);
  await eachCosineBand([a, b], width, (band, cosines) => takeNearest(found, band, cosines), options);
  return found;
}

/** [rows] of each row among all others of the same matrix; -1 where it is alone. */
export async function nearestOthers(
  data: Float32Array,
  width: number,
  options: CosineOptions = {},
): Promise<Float32Array> {
  const largest = new Float32Array(data.length / width).fill(-1);
  const use = (band: Band, cosines: Float32Array) => takeAmongOthers(largest, band, cosines);
  await eachCosineBand([data, data], width, use, { ...options, upper: true });
  return largest;
}

export function noneNearest(rows: number, others: number): NearestBothWays {
  const none = (count: number) => ({ cosine: new Float32Array(count).fill(-1), index: new Uint32Array(count) });
  return { a: none(rows), b: none(others) };
}

/** Keeps what is larger than what was found before. */
export function takeNearest({ a, b }: NearestBothWays, { from, count, others }: Band, cosines: Float32Array): void {
  for (let i = 0; i < count; i++) {
    let [most, best] = [-Infinity, 0];
    for (let j = 0; j < others; j++) {
      const cosine = cosines[i * others + j] as number;
      if (cosine > most) [most, best] = [cosine, j];
      if (cosine <= (b.cosine[j] as number)) continue;
      b.cosine[j] = cosine;
      b.index[j] = from + i;
    }
    a.cosine[from + i] = Math.max(-1, most);
    a.index[from + i] = best;
  }
}

/** Of pairs above the diagonal, for both of their rows. */
function takeAmongOthers(largest: Float32Array, { from, count, others }: Band, cosines: Float32Array): void {
  for (let i = 0; i < count; i++) {
    let most = largest[from + i] as number;
    for (let j = i + 1; j < others; j++) {
      const cosine = cosines[i * others + j] as number;
      if (cosine > most) most = cosine;
      if (cosine > (largest[from + j] as number)) largest[from + j] = cosine;
    }
    largest[from + i] = most;
  }
}
