/** The largest weights of a row, and what they leave out. */

export interface TopWeight {
  readonly index: number;
  readonly value: number;
}

export interface TopWeights {
  /** Largest size first. */
  readonly shown: readonly TopWeight[];
  /** How many more are not zero, and their sum. */
  readonly rest: { readonly count: number; readonly sum: number };
}

export interface TopOptions {
  readonly most: number;
  /** Indices before this one are left out. */
  readonly skip?: number;
  /** Smaller ones count to the rest. */
  readonly least?: number;
}

export function topWeights(row: Float32Array, { most, skip = 0, least = 0 }: TopOptions): TopWeights {
  const found: TopWeight[] = [];
  for (const [index, value] of row.entries()) if (index >= skip && value !== 0) found.push({ index, value });
  found.sort((a, b) => Math.abs(b.value) - Math.abs(a.value) || a.index - b.index);
  const shown = found.slice(0, most).filter(({ value }) => Math.abs(value) >= least);
  const rest = found.slice(shown.length);
  return { shown, rest: { count: rest.length, sum: rest.reduce((sum, { value }) => sum + value, 0) } };
}
