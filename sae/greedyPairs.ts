import type { Pauses } from './pauses.ts';

/** Looked through again, after which messages are let in. */
const rowsAtOnce = 256;

/**
 * The pair with the largest gain of those whose ends are both free, again and again, of equal ones the first; best first.
 * `gains` is [rows columns]. Rows wait in a heap by their largest gain among columns that were free when it was looked for, so
 * that no list of all pairs is sorted.
 */
export async function greedyPairs(
  gains: Float32Array,
  rows: number,
  columns: number,
  pauses: Pauses,
): Promise<(readonly [row: number, column: number])[]> {
  const free = new FreeColumns(gains, columns);
  const waiting = new RowHeap(rows);
  const best = new Int32Array(rows);
  const look = (row: number) => {
    best[row] = free.bestOf(row);
    waiting.add(row, gains[row * columns + (best[row] as number)] as number);
  };
  for (let row = 0; row < rows; row++) {
    look(row);
    if (row % rowsAtOnce === 0) await pauses.letIn();
  }
  const pairs: (readonly [number, number])[] = [];
  for (let again = 1; pairs.length < Math.min(rows, columns);) {
    const row = waiting.takeFirst();
    const column = best[row] as number;
    if (free.take(column)) pairs.push([row, column]);
    else {
      look(row);
      if (again++ % rowsAtOnce === 0) await pauses.letIn();
    }
  }
  return pairs;
}

class FreeColumns {
  readonly #gains: Float32Array;
  readonly #columns: number;
  /** Those that are free, ascending: `count` of them. */
  readonly #open: Int32Array;
  readonly #isTaken: Uint8Array;
  #count: number;
  #stale = 0;

  constructor(gains: Float32Array, columns: number) {
    this.#gains = gains;
    this.#columns = this.#count = columns;
    this.#open = Int32Array.from({ length: columns }, (_, column) => column);
    this.#isTaken = new Uint8Array(columns);
  }

  /** False where somebody has it. */
  take(column: number): boolean {
    if (this.#isTaken[column] === 1) return false;
    this.#isTaken[column] = 1;
    if (++this.#stale > this.#count / 16) this.#tidy();
    return true;
  }

  /** The free column of the row's largest gain; one must be free. */
  bestOf(row: number): number {
    const start = row * this.#columns;
    let [most, best] = [-Infinity, -1];
    for (let i = 0; i < this.#count; i++) {
      const column = this.#open[i] as number;
      const gain = this.#gains[start + column] as number;
      if (gain <= most || this.#isTaken[column] === 1) continue;
      [most, best] = [gain, column];
    }
    return best;
  }

  #tidy(): void {
    let kept = 0;
    for (let i = 0; i < this.#count; i++) {
      const column = this.#open[i] as number;
      if (this.#isTaken[column] === 0) this.#open[kept++] = column;
    }
    this.#count = kept;
    this.#stale = 0;
  }
}

/** Rows by gain, the largest first, of equal ones the row that comes first. */
class RowHeap {
  readonly #rows: Int32Array;
  readonly #gain: Float64Array;
  #count = 0;

  constructor(rows: number) {
    this.#rows = new Int32Array(rows);
    this.#gain = new Float64Array(rows);
  }

  add(row: number, gain: number): void {
    this.#gain[row] = gain;
    let place = this.#count++;
    while (place > 0) {
      const above = (place - 1) >> 1;
      if (!this.#isBefore(row, this.#rows[above] as number)) break;
      this.#rows[place] = this.#rows[above] as number;
      place = above;
    }
    this.#rows[place] = row;
  }

  takeFirst(): number {
    const first = this.#rows[0] as number;
    const row = this.#rows[--this.#count] as number;
    let place = 0;
    for (;;) {
      const below = this.#firstBelow(place);
      if (below < 0 || !this.#isBefore(this.#rows[below] as number, row)) break;
      this.#rows[place] = this.#rows[below] as number;
      place = below;
    }
    this.#rows[place] = row;
    return first;
  }

  #firstBelow(place: number): number {
    const [left, right] = [2 * place + 1, 2 * place + 2];
    if (right < this.#count && this.#isBefore(this.#rows[right] as number, this.#rows[left] as number)) return right;
    return left < this.#count ? left : -1;
  }

  #isBefore(a: number, b: number): boolean {
    const [first, second] = [this.#gain[a] as number, this.#gain[b] as number];
    return first > second || (first === second && a < b);
  }
}
