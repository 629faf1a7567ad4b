/** Values by name, as many as fit: what was used least recently goes first. */
export interface Held<V> {
  readonly get: (name: string) => V | null;
  readonly put: (name: string, value: V) => void;
}

export interface HeldOptions<V> {
  readonly bytesOf: (value: V) => number;
  /** At most, but the newest value is always held. */
  readonly bytes: number;
}

export function createHeld<V>({ bytesOf, bytes }: HeldOptions<V>): Held<V> {
  /** In order of last use. */
  const values = new Map<string, V>();
  let used = 0;
  const drop = (name: string) => {
    const value = values.get(name);
    if (value === undefined) return;
    values.delete(name);
    used -= bytesOf(value);
  };
  return {
    get: (name) => {
      const value = values.get(name);
      if (value === undefined) return null;
      values.delete(name);
      values.set(name, value);
      return value;
    },
    put: (name, value) => {
      drop(name);
      values.set(name, value);
      used += bytesOf(value);
      for (const other of [...values.keys()]) if (used > bytes && other !== name) drop(other);
    },
  };
}
