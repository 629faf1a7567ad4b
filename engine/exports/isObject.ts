/** What JSON values are. Imports nothing. */

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Is it an object with these keys? */
export function hasKeys<K extends string>(
  value: unknown,
  ...keys: readonly K[]
): value is Readonly<Record<K, unknown>> {
  return isObject(value) && keys.every((key) => Object.hasOwn(value, key));
}
