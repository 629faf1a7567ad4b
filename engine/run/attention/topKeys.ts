/** The keys with the largest weights of one query. */

export interface TopKeys {
  /** Largest weight first; of equal weights the earlier key. */
  readonly keys: Uint32Array;
  readonly weights: Float32Array;
}

/** Writes the `keep` largest of `row` at `at`. Returns their share of the row's sum (0 for a sum of 0). */
export function topKeys(row: Float32Array, keep: number, { keys, weights }: TopKeys, at: number): number {
  let [kept, sum] = [0, 0];
  for (let key = 0; key < row.length; key++) {
    const weight = row[key] as number;
    sum += weight;
    if (kept === keep && weight <= (weights[at + keep - 1] as number)) continue;
    let place = at + Math.min(kept, keep - 1);
    for (; place > at && (weights[place - 1] as number) < weight; place--) {
      weights[place] = weights[place - 1] as number;
      keys[place] = keys[place - 1] as number;
    }
    [weights[place], keys[place]] = [weight, key];
    if (kept < keep) kept++;
  }
  let held = 0;
  for (let i = at; i < at + kept; i++) held += weights[i] as number;
  return sum === 0 ? 0 : held / sum;
}
