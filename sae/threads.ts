/** How many threads an operation of a dictionary gets. */
import type { DictionarySize } from './variants/variant.ts';

/** Products of a matrix product up to which one thread is faster than two (measured at 1024 x 64 x 512 = 2^25, and at 2^31). */
const smallProduct = 2 ** 27;

/** One thread for small dictionaries; else nothing is said and all cores are used. */
export function threadsFor(rows: number, { width, features }: DictionarySize): { readonly threads?: number } {
  return rows * width * features <= smallProduct ? { threads: 1 } : {};
}
