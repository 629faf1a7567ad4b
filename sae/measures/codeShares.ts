/**
 * What each active feature has to do with a reconstruction: (f_i d_i) . (x^ - b_dec) / |x^ - b_dec|^2, which adds up to 1 over
 * the active features of a sample (Makelov, Lange and Nanda 2024, section 4).
 * Pitfalls: shares may be negative or above 1 where features work against each other; an edit that takes away most of the
 * share is not an edit of a feature, so the share that is taken away belongs beside every edit.
 */
import type { Codes } from '../codes.ts';
import { samplesOf } from '../codes.ts';
import type { Dictionary } from '../dictionary.ts';
import { weightOf } from '../dictionary.ts';

/** In the order of the codes' entries; all 0 for a sample whose features cancel. */
export function codeShares(dictionary: Dictionary, codes: Codes): Float64Array {
  const decoder = weightOf(dictionary, 'W_dec');
  const { width } = dictionary;
  const shares = new Float64Array(codes.values.length);
  for (let b = 0; b < samplesOf(codes); b++) {
    const [from, to] = [codes.starts[b] as number, codes.starts[b + 1] as number];
    const sum = new Float64Array(width);
    const written = (at: number, d: number) =>
      (codes.values[at] as number) * (decoder[(codes.indices[at] as number) * width + d] as number);
    for (let at = from; at < to; at++) for (let d = 0; d < width; d++) sum[d] = (sum[d] as number) + written(at, d);
    const square = sum.reduce((total, value) => total + value ** 2, 0);
    if (square === 0) continue;
    for (let at = from; at < to; at++)
      shares[at] = sum.reduce((total, value, d) => total + value * written(at, d), 0) / square;
  }
  return shares;
}
