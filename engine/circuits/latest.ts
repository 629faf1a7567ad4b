/** A map that keeps the entries that were set or asked for last, so many of them. */
export class Latest<K, V> {
  readonly #most: number;
  /** The one that was not asked for longest stands first. */
  readonly #entries = new Map<K, V>();

  /** RangeError for less than one. */
  constructor(most: number) {
    if (!Number.isInteger(most) || most < 1) throw new RangeError(`Latest: expected at least one, got ${most}`);
    this.#most = most;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Null where it was never set, or is kept no more. */
  get(key: K): V | null {
    const value = this.#entries.get(key);
    if (value === undefined) return null;
    this.set(key, value);
    return value;
  }

  set(key: K, value: V): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size <= this.#most) return;
    const [oldest] = this.#entries.keys();
    this.#entries.delete(oldest as K);
  }
}
