/** One score of one head, read from a chunk of its pattern. */
import type { Tensor } from '../tensor/tensor.ts';
import { axisSize } from '../tensor/tensor.ts';
import type { HeadScore, Reading } from './headScore.ts';

export interface PatternRows {
  /** [B N P K] */
  readonly pattern: Tensor;
  /** Position of the chunk's first query. */
  readonly from: number;
  readonly row: number;
  readonly head: number;
  /** Tokens in the row: keys after them are padding. */
  readonly length: number;
}

/** Sum over those readings whose query is in the chunk. */
export function readPattern(
  { pattern, from, row, head, length }: PatternRows,
  readings: readonly Reading[],
  reading: HeadScore['reading'],
): number {
  const [heads, queries, keys] = [axisSize(pattern, 'N'), axisSize(pattern, 'P'), axisSize(pattern, 'K')];
  const start = (row * heads + head) * queries;
  const { data } = pattern;
  let total = 0;
  for (const { query, keys: chosen } of readings) {
    if (query < from || query >= from + queries) continue;
    const at = (start + query - from) * keys;
    total += reading === 'mass' ? massOn(data, at, chosen) : topAmong(data, at, Math.min(keys, length), chosen);
  }
  return total;
}

/** sum over k in K(q) of A[q, k]; row q begins at `at`. */
function massOn(data: Float32Array, at: number, chosen: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < chosen.length; i++) sum += data[at + (chosen[i] as number)] as number;
  return sum;
}

/** 1 where the largest weight lies on a key of K(q); of keys that share the largest weight, the share that is in K(q). */
function topAmong(data: Float32Array, at: number, length: number, chosen: ArrayLike<number>): number {
  let [largest, ties] = [-Infinity, 0];
  for (let k = at; k < at + length; k++) {
    const weight = data[k] as number;
    if (weight > largest) [largest, ties] = [weight, 1];
    else if (weight === largest) ties++;
  }
  let hits = 0;
  for (let i = 0; i < chosen.length; i++) if (data[at + (chosen[i] as number)] === largest) hits++;
  return hits / ties;
}
