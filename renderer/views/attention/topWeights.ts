/** The largest weights of a row, and what they leave out. */

export interface TopWeight {
  readonly index: number;
  readonly value: number;
}

/** Largest size first; those before `skip` are left out, and zeros. */
export function topWeights(row: Float32Array, most: number, skip = 0): readonly TopWeight[] {
  const found: TopWeight[] = [];
  for (const [index, value] of row.entries()) if (index >= skip && value !== 0) found.push({ index, value });
  return found.sort((a, b) => Math.abs(b.value) - Math.abs(a.value) || a.index - b.index).slice(0, most);
}
