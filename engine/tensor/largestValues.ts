/** The largest values of a list, and where they are. */

export interface Largest {
  readonly indices: Uint32Array;
  readonly values: Float32Array;
}

/**
 * Writes the `keep` largest of `list` to `found` from `at` on, largest first, of equal ones the earlier; a shorter list fills
 * what it can. Each of the rest costs one comparison.
 */
export function largestValues(list: Float32Array, keep: number, { indices, values }: Largest, at: number): void {
  let kept = 0;
  const last = at + keep - 1;
  for (let index = 0; index < list.length; index++) {
    const value = list[index] as number;
    if (kept === keep && value <= (values[last] as number)) continue;
    let place = at + Math.min(kept, keep - 1);
    for (; place > at && (values[place - 1] as number) < value; place--) {
      values[place] = values[place - 1] as number;
      indices[place] = indices[place - 1] as number;
    }
    values[place] = value;
    indices[place] = index;
    if (kept < keep) kept++;
  }
}
