import type { Dictionary } from '../dictionary.ts';
import { weightOf } from '../dictionary.ts';

/**
 * Which heads write a feature of a dictionary on several heads, from its weights alone (Kissane et al. 2024): with d_h the columns of
 * its decoder row that are head h's, share_h = |d_h| / sum over heads of |d_k|. Null for dictionaries on one head, and for sites
 * without heads.
 */
export function headShares(dictionary: Dictionary, feature: number, heads: number): number[] | null {
  if (dictionary.input.head !== 'concatenated') return null;
  const { width } = dictionary;
  const own = width / heads;
  const row = weightOf(dictionary, 'W_dec').subarray(feature * width, (feature + 1) * width);
  const lengths = Array.from({ length: heads }, (_, head) => Math.hypot(...row.subarray(head * own, (head + 1) * own)));
  const total = lengths.reduce((sum, length) => sum + length, 0);
  return lengths.map((length) => (total === 0 ? 0 : length / total));
}
