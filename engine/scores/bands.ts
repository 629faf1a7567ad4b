/** Neighbouring queries taken together: their attention by key, one row for a band of 32. */
import type { Columns } from './headScore.ts';

/** Queries in a band, and keys in a block. */
export const BAND = 32;

export function bandOf(query: number): number {
  return Math.floor(query / BAND);
}

/** Ascending queries by the band that they lie in. */
export function bandsOf(queries: readonly number[]): ReadonlyMap<number, readonly number[]> {
  const bands = new Map<number, number[]>();
  for (const query of queries) {
    const known = bands.get(bandOf(query));
    if (known === undefined) bands.set(bandOf(query), [query]);
    else known.push(query);
  }
  return bands;
}

/** Columns of a prompt on which every query from `queries` counts, which are all from the first of them to the last. */
export function columnsOf(masses: ArrayLike<number>, queries: readonly number[], causal: boolean): Columns {
  const [first, last] = [queries[0] ?? 0, queries.at(-1) ?? -1];
  return { masses, seenBy: (key) => last + 1 - (causal ? Math.max(first, key) : first) };
}
