/** Which rows a step sees: every epoch all rows in an order of its own, which seed and epoch give, cut into batches. */
import { seededRandom } from '../../engine/tensor/random.ts';
import { Fault } from '../../engine/terms/fault.ts';

export class EpochOrder {
  readonly #count: number;
  readonly #rows: number;
  readonly #seed: number;
  #epoch: { readonly number: number; readonly order: Uint32Array } | null = null;

  /** Batches of `rows` out of `count`; what is left of an epoch after its last whole batch is not seen in it. */
  constructor(count: number, rows: number, seed: number) {
    if (rows > count) {
      const expected = `at most ${count}, which there are`;
      throw new Fault({ what: 'rows of a step', expected, got: String(rows) });
    }
    this.#count = count;
    this.#rows = rows;
    this.#seed = seed;
  }

  /** Of step t, counted from 0; the same whether or not steps before were asked for. */
  rowsOf(step: number): Uint32Array {
    const batches = Math.floor(this.#count / this.#rows);
    const start = (step % batches) * this.#rows;
    return this.#order(Math.floor(step / batches)).subarray(start, start + this.#rows);
  }

  #order(number: number): Uint32Array {
    if (this.#epoch?.number !== number)
      this.#epoch = { number, order: shuffled(this.#count, this.#seed + 2 ** 32 * number) };
    return this.#epoch.order;
  }
}

/** 0 ... count - 1 in a random order (Fisher-Yates). */
function shuffled(count: number, seed: number): Uint32Array {
  const random = seededRandom(seed);
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = random.below(i + 1);
    const other = order[j] as number;
    order[j] = order[i] as number;
    order[i] = other;
  }
  return order;
}
