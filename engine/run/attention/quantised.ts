/** A map in bytes, for walls of heads. */
import type { Thumbnails } from './attentionAnswers.ts';
import type { PooledMap } from './pooledMap.ts';

/** byte = round(255 value / largest), the largest value being that of all heads. */
export function quantised(map: PooledMap): Thumbnails {
  const { cells, shape } = map;
  const [from, to] = shape.heads;
  const heads = Array.from({ length: to - from }, (_, n) => map.read(from + n, [0, cells], [0, cells]));
  const largest = heads.reduce((most, values) => values.reduce((a, b) => Math.max(a, b), most), 0);
  const scale = largest === 0 ? 0 : 255 / largest;
  const data = new Uint8Array(heads.length * cells * cells);
  heads.forEach((values, n) =>
    values.forEach((value, i) => (data[n * cells * cells + i] = Math.max(0, Math.round(value * scale)))),
  );
  return { heads: heads.length, cells, step: shape.step, largest, data };
}
