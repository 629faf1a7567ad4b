import { covariance } from './covariance.ts';
import { Pauses } from './pauses.ts';
import type { Rows } from './rows.ts';
import { countOf, transposedRows } from './rows.ts';
import { symmetricEigen } from './symmetricEigen.ts';

/** Rows, or their width, up to which all variances take some ten seconds at most. */
const mostVariances = 2048;

/**
 * All variances of rows less a centre along their principal directions, descending, as many as there are rows or entries,
 * whichever is fewer (the others are 0): none below 0. Null for more than 2,048 of them.
 */
export async function principalVariances(centred: Rows, signal?: AbortSignal): Promise<Float64Array | null> {
  const { width, data } = centred;
  const count = countOf(centred);
  const size = Math.min(width, count);
  if (size > mostVariances) return null;
  // X X^T has the same eigenvalues as X^T X, but for zeros.
  const isTurned = count < width;
  const matrix = await covariance(isTurned ? { width: count, data: transposedRows(data, width) } : centred, signal);
  const { values } = await symmetricEigen(matrix, size, { vectors: false, pauses: new Pauses(signal) });
  const factor = isTurned ? width / count : 1;
  return values.map((value) => Math.max(0, value * factor));
}
