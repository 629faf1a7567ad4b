import { covariance } from './covariance.ts';
import { Pauses } from './pauses.ts';
import type { Rows } from './rows.ts';
import { countOf, transposedRows } from './rows.ts';
import { symmetricEigen } from './symmetricEigen.ts';

/** Width up to which all variances take some ten seconds at most. */
const widest = 2048;

/**
 * All variances of rows less a centre along their principal directions, descending, as many as there are rows or entries,
 * whichever is fewer (the others are 0): none below 0. Null for rows wider than 2,048.
 */
export async function principalVariances(centred: Rows, signal?: AbortSignal): Promise<Float64Array | null> {
  const { width, data } = centred;
  const count = countOf(centred);
  if (width > widest) return null;
  // X X^T has the same eigenvalues as X^T X, but for zeros.
  const isTurned = count < width;
  const matrix = await covariance(isTurned ? { width: count, data: transposedRows(data, width) } : centred, signal);
  const { values } = await symmetricEigen(matrix, Math.min(width, count), {
    vectors: false,
    pauses: new Pauses(signal),
  });
  const factor = isTurned ? width / count : 1;
  return values.map((value) => Math.max(0, value * factor));
}
