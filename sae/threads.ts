/** How many threads an operation of a dictionary gets. */
import type { DictionarySize } from './variants/variant.ts';

/** Multiplications of a product up to which it gets one thread. One was faster than two at 1024 x 64 x 512 = 2^25; where between that and 2^31 two begin to pay was not measured. */
const smallProduct = 2 ** 27;

/** One thread for small dictionaries; else nothing is said and all cores are used. */
export function threadsFor(rows: number, { width, features }: DictionarySize): { readonly threads?: number } {
  return rows * width * features <= smallProduct ? { threads: 1 } : {};
}
