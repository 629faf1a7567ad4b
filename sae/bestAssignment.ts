import { Assignment } from './assignment.ts';

/**
 * The assignment of each row to a column of its own that has the largest sum (Kuhn 1955). `gains` is [rows columns], rows <=
 * columns. Gives [rows] columns.
 */
export function bestAssignment(gains: Float64Array, rows: number, columns: number): Int32Array {
  const assignment = new Assignment(gains, rows, columns);
  for (let row = 0; row < rows; row++) assignment.add(row);
  return assignment.columns();
}
