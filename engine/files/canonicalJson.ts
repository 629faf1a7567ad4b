/** One text for each value, whatever order its keys came in: to be hashed. */
import { Fault } from '../terms/fault.ts';

const deepest = 64;

/**
 * JSON with the keys of every object sorted and nothing between; a bigint is written as the number it is. Throws Fault where
 * it nests deeper than 64; `what` names the value there.
 */
export function canonicalJson(value: unknown, what: string, depth = 0): string {
  if (depth > deepest) throw new Fault({ what: `${what} nests too deep`, expected: `at most ${deepest} levels` });
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item, what, depth + 1)).join(',')}]`;
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
    const written = entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item, what, depth + 1)}`);
    return `{${written.join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}
