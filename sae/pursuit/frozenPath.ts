import type { Atoms } from './pursuit.ts';

/**
 * Codes of a pursuit as linear functions of its input, its path of picks held: f_i = w_i . (x - b_dec), exactly, so that a code
 * is a sum over whatever x is a sum of (heads, source positions). For the code of pick t, as r_{t-1} = (I - d_{t-1} d_{t-1}^T) ...
 * (I - d_1 d_1^T) (x - b_dec) with d_u the atom of pick u:
 * w <- d_t;  for u = t - 1 ... 1:  w <- w - (d_u . w) d_u;  w_i is the sum over the picks of i.
 * For any length of atoms. The atom itself is right for a first pick only. Gives atom -> w_i [D], O(T^2 D).
 */
export function frozenPath({ width, W_dec }: Atoms, picks: readonly number[]): ReadonlyMap<number, Float64Array> {
  const weights = new Map<number, Float64Array>();
  const atom = (pick: number) => W_dec.subarray(pick * width, (pick + 1) * width);
  picks.forEach((pick, t) => {
    const w = Float64Array.from(atom(pick));
    for (const before of picks.slice(0, t).reverse()) removeAlong(w, atom(before));
    const sum = weights.get(pick);
    weights.set(pick, sum === undefined ? w : sum.map((value, k) => value + (w[k] as number)));
  });
  return weights;
}

/** w <- w - (d . w) d */
function removeAlong(w: Float64Array, d: ArrayLike<number>): void {
  const along = w.reduce((sum, value, k) => sum + value * (d[k] as number), 0);
  w.forEach((value, k) => (w[k] = value - along * (d[k] as number)));
}
