/** Values that can be computed again, held while they fit: what was not looked at for the longest time goes first. */

interface Droppable {
  drop(): void;
}

/** A number of bytes that any number of `Kept` values share. */
export class ByteBudget {
  readonly limit: number;
  /** In order of last use. */
  readonly #held = new Map<Droppable, number>();
  #bytes = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** Bytes held at the moment: at most `limit`, or one value where that is more. */
  get bytes(): number {
    return this.#bytes;
  }

  hold(value: Droppable, bytes: number): void {
    this.release(value);
    this.#held.set(value, bytes);
    this.#bytes += bytes;
    this.#trim(value);
  }

  touch(value: Droppable): void {
    const bytes = this.#held.get(value);
    if (bytes === undefined) return;
    this.#held.delete(value);
    this.#held.set(value, bytes);
  }

  release(value: Droppable): void {
    this.#bytes -= this.#held.get(value) ?? 0;
    this.#held.delete(value);
  }

  #trim(newest: Droppable): void {
    for (const value of this.#held.keys()) {
      if (this.#bytes <= this.limit || value === newest) return;
      value.drop();
    }
  }
}

/** One value, or nothing where it was never computed or had to go. */
export class Kept<Value> {
  readonly #budget: ByteBudget;
  #value: Value | undefined;

  constructor(budget: ByteBudget) {
    this.#budget = budget;
  }

  get(): Value | undefined {
    this.#budget.touch(this);
    return this.#value;
  }

  set(value: Value, bytes: number): void {
    this.#value = value;
    this.#budget.hold(this, bytes);
  }

  drop(): void {
    this.#value = undefined;
    this.#budget.release(this);
  }
}
