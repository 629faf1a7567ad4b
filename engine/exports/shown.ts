/** A value of a file in an error: short, whatever it is. Imports nothing. */

/** Lists and objects by their size alone, for they may be nested deeper than a stack is. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return `an object with ${Object.keys(value).length} keys`;
  return (JSON.stringify(value) ?? String(value)).slice(0, 60);
}
