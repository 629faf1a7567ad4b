/** Directions of most variance. */
import { seededRandom } from '../engine/tensor/random.ts';
import { Fault } from '../engine/terms/fault.ts';
import { covariance } from './covariance.ts';
import { leadingEigenvectors } from './leadingEigenvectors.ts';
import { Pauses } from './pauses.ts';
import type { Rows } from './rows.ts';
import { symmetricEigen } from './symmetricEigen.ts';

export interface PrincipalDirections {
  /** [count D] unit rows, that of the largest variance first; the entry of largest size is positive. */
  readonly directions: Float64Array;
  /** [count] variance along each, descending; none below 0. */
  readonly variances: Float64Array;
}

/** Up to here all directions take a fraction of a second. */
const narrow = 256;
/** All directions of rows this wide take minutes; a matrix of twice this width is 512 MiB. */
const widestForAll = 4096;
const widest = 8192;

/**
 * The first `count` of rows less a centre: eigenvectors of the mean of x x^T. The same rows give the same directions. Up to an
 * eighth of the width they are found alone, to |C v - l v| <= 1e-4 l + 1e-6 l_1; else all are. Products are float32, so that
 * what is below 1e-7 of the largest variance is rounding. Throws Fault for more than can be had of rows so wide.
 */
export async function principalDirections(
  centred: Rows,
  count: number,
  signal?: AbortSignal,
): Promise<PrincipalDirections> {
  const { width } = centred;
  const wanted = Math.min(count, width);
  const isFew = width > narrow && 8 * wanted <= width;
  checkWidth(width, wanted, isFew);
  const pauses = new Pauses(signal);
  const matrix = await covariance(centred, signal);
  const few = isFew ? await leadingEigenvectors(matrix, width, wanted, { random: seededRandom(1), pauses }) : null;
  if (few !== null) return signed(few.values, few.vectors, width);
  checkWidth(width, wanted, false);
  const { values, vectors } = await symmetricEigen(matrix, width, { vectors: true, pauses });
  return signed(values.slice(0, wanted), (vectors as Float64Array).slice(0, wanted * width), width);
}

function checkWidth(width: number, count: number, isFew: boolean): void {
  const most = isFew ? widest : widestForAll;
  if (width <= most) return;
  throw new Fault({
    what: `${count} principal directions`,
    where: `rows of ${width}`,
    expected: `rows of at most ${widestForAll}, or of at most ${widest} and an eighth of the width as directions`,
    got: `${count} of ${width}`,
  });
}

function signed(values: Float64Array, directions: Float64Array, width: number): PrincipalDirections {
  for (let start = 0; start < directions.length; start += width) {
    const row = directions.subarray(start, start + width);
    const largest = row.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0);
    if (largest < 0) row.forEach((value, d) => (row[d] = -value));
  }
  return { directions, variances: values.map((value) => Math.max(0, value)) };
}
