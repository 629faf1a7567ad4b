/**
 * Rows that get columns of their own, one row after another, so that the sum of gains is the largest at each step: shortest
 * augmenting paths with potentials (Jonker and Volgenant 1987, O(rows^2 columns) for all).
 */
export class Assignment {
  readonly #gains: Float32Array | Float64Array;
  readonly #rowOf: Int32Array;
  readonly #ofRow: Float64Array;
  readonly #ofColumn: Float64Array;
  readonly #distance: Float64Array;
  readonly #before: Int32Array;
  /** Columns: the first `done` are reached for good, the others not yet. */
  readonly #order: Int32Array;

  /** `gains` is [rows columns], rows <= columns. */
  constructor(gains: Float32Array | Float64Array, rows: number, columns: number) {
    if (rows > columns)
      throw new RangeError(`assignment: expected at least as many columns as rows, got ${rows} x ${columns}`);
    this.#gains = gains;
    this.#rowOf = new Int32Array(columns).fill(-1);
    this.#ofRow = new Float64Array(rows);
    this.#ofColumn = new Float64Array(columns);
    this.#distance = new Float64Array(columns);
    this.#before = new Int32Array(columns);
    this.#order = Int32Array.from({ length: columns }, (_, column) => column);
  }

  /** [rows] the column of each row that was added. */
  columns(): Int32Array {
    const assigned = new Int32Array(this.#ofRow.length);
    this.#rowOf.forEach((row, column) => {
      if (row >= 0) assigned[row] = column;
    });
    return assigned;
  }

  /** Finds room for one more row: the cheapest path from it over columns and their rows to a column that is free. */
  add(start: number): void {
    this.#distance.fill(Infinity);
    let [row, from, reached, done] = [start, -1, 0, 0];
    for (;;) {
      const place = this.#relax(row, from, reached, done);
      from = this.#swap(place, done++);
      reached = at(this.#distance, from);
      if (at(this.#rowOf, from) < 0) break;
      row = at(this.#rowOf, from);
    }
    this.#updatePotentials(start, reached, done);
    for (let column = from; column >= 0; column = at(this.#before, column)) {
      const before = at(this.#before, column);
      this.#rowOf[column] = before < 0 ? start : at(this.#rowOf, before);
    }
  }

  /** Ways over a row to the columns that are open; gives the place in the order of the nearest. */
  #relax(row: number, from: number, reached: number, done: number): number {
    const [gains, order, distance, ofColumn] = [this.#gains, this.#order, this.#distance, this.#ofColumn];
    const [start, offset] = [row * order.length, reached - at(this.#ofRow, row)];
    let [best, least] = [done, Infinity];
    for (let place = done; place < order.length; place++) {
      const column = at(order, place);
      const way = offset - at(gains, start + column) - at(ofColumn, column);
      if (way < at(distance, column)) {
        distance[column] = way;
        this.#before[column] = from;
      }
      if (at(distance, column) < least) [best, least] = [place, at(distance, column)];
    }
    return best;
  }

  /** Exchanges two places of the order; gives the column that is at the second now. */
  #swap(first: number, second: number): number {
    const column = at(this.#order, first);
    this.#order[first] = at(this.#order, second);
    this.#order[second] = column;
    return column;
  }

  /** Keeps every reduced cost at or above 0, and 0 on what is assigned. */
  #updatePotentials(start: number, reached: number, done: number): void {
    this.#ofRow[start] = at(this.#ofRow, start) + reached;
    for (const column of this.#order.subarray(0, done)) {
      const slack = reached - at(this.#distance, column);
      this.#ofColumn[column] = at(this.#ofColumn, column) - slack;
      const row = at(this.#rowOf, column);
      if (row >= 0) this.#ofRow[row] = at(this.#ofRow, row) + slack;
    }
  }
}

function at(values: Float32Array | Float64Array | Int32Array, i: number): number {
  return values[i] as number;
}
