/**
 * The assignment of each row to a column of its own that has the largest sum (Kuhn 1955; here by shortest augmenting paths with
 * potentials, Jonker and Volgenant 1987, O(rows^2 columns)). `gains` is [rows columns], rows <= columns. Gives [rows] columns.
 */
export function bestAssignment(gains: Float64Array, rows: number, columns: number): Int32Array {
  if (rows > columns)
    throw new RangeError(`assignment: expected at least as many columns as rows, got ${rows} x ${columns}`);
  const potentials = { row: new Float64Array(rows), column: new Float64Array(columns) };
  const rowOf = new Int32Array(columns).fill(-1);
  for (let row = 0; row < rows; row++) augment(gains, row, rowOf, potentials);
  const assigned = new Int32Array(rows);
  rowOf.forEach((row, column) => {
    if (row >= 0) assigned[row] = column;
  });
  return assigned;
}

interface Potentials {
  readonly row: Float64Array;
  readonly column: Float64Array;
}

/** Finds room for one more row: the cheapest path from it over columns and their rows to a column that is free. */
function augment(gains: Float64Array, start: number, rowOf: Int32Array, potentials: Potentials): void {
  const columns = rowOf.length;
  const distance = new Float64Array(columns).fill(Infinity);
  const before = new Int32Array(columns).fill(-1);
  const done = new Uint8Array(columns);
  let [row, from, reached] = [start, -1, 0];
  for (;;) {
    let next = -1;
    for (let column = 0; column < columns; column++) {
      if (done[column] === 1) continue;
      const cost = -at(gains, row * columns + column) - at(potentials.row, row) - at(potentials.column, column);
      if (reached + cost < at(distance, column)) {
        distance[column] = reached + cost;
        before[column] = from;
      }
      if (next < 0 || at(distance, column) < at(distance, next)) next = column;
    }
    done[next] = 1;
    reached = at(distance, next);
    from = next;
    if (at(rowOf, next) < 0) break;
    row = at(rowOf, next);
  }
  updatePotentials(start, reached, { distance, done, rowOf }, potentials);
  for (let column = from; column >= 0; column = at(before, column)) {
    rowOf[column] = at(before, column) < 0 ? start : at(rowOf, at(before, column));
  }
}

interface Search {
  readonly distance: Float64Array;
  readonly done: Uint8Array;
  readonly rowOf: Int32Array;
}

/** Keeps every reduced cost at or above 0, and 0 on what is assigned. */
function updatePotentials(
  start: number,
  reached: number,
  { distance, done, rowOf }: Search,
  { row, column }: Potentials,
): void {
  row[start] = at(row, start) + reached;
  done.forEach((isDone, i) => {
    if (isDone === 0) return;
    const slack = reached - at(distance, i);
    column[i] = at(column, i) - slack;
    if (at(rowOf, i) >= 0) row[at(rowOf, i)] = at(row, at(rowOf, i)) + slack;
  });
}

function at(values: ArrayLike<number>, i: number): number {
  return values[i] as number;
}
