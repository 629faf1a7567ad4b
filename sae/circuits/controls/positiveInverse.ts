/** The inverse of a symmetric positive definite matrix [n n], by Cholesky: A = L L^T, A^-1 = L^-T L^-1. */
export function positiveInverse(matrix: Float64Array, n: number): Float64Array {
  return product(invertedRows(cholesky(matrix, n), n), n);
}

/** L_ij = (A_ij - sum over k < j of L_ik L_jk) / L_jj; L_ii = sqrt(A_ii - sum of L_ik^2) */
function cholesky(matrix: Float64Array, n: number): Float64Array {
  const lower = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      const left = (matrix[i * n + j] as number) - rowsProduct(lower, i, lower, j, 0, j, n);
      if (i === j && !(left > 0)) throw new RangeError(`inverse: not positive definite at ${i}`);
      lower[i * n + j] = i === j ? Math.sqrt(left) : left / (lower[j * n + j] as number);
    }
  return lower;
}

/** Row j holds column j of X = L^-1: X_ij = (1 if i = j, else - sum over j <= k < i of L_ik X_kj) / L_ii. */
function invertedRows(lower: Float64Array, n: number): Float64Array {
  const inverse = new Float64Array(n * n);
  for (let j = 0; j < n; j++)
    for (let i = j; i < n; i++) {
      const left = i === j ? 1 : -rowsProduct(lower, i, inverse, j, j, i, n);
      inverse[j * n + i] = left / (lower[i * n + i] as number);
    }
  return inverse;
}

/** A^-1_ij = sum over k >= i of X_ki X_kj for i >= j. */
function product(columns: Float64Array, n: number): Float64Array {
  const inverse = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      const value = rowsProduct(columns, i, columns, j, i, n, n);
      inverse[i * n + j] = value;
      inverse[j * n + i] = value;
    }
  return inverse;
}

/** sum over from <= k < to of a_ik b_jk: four sums side by side, for one waits on itself at every addition. */
function rowsProduct(
  a: Float64Array,
  i: number,
  b: Float64Array,
  j: number,
  from: number,
  to: number,
  n: number,
): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  let [p, q] = [i * n + from, j * n + from];
  for (const end = p + ((to - from) & ~3); p < end; p += 4, q += 4) {
    s0 += (a[p] as number) * (b[q] as number);
    s1 += (a[p + 1] as number) * (b[q + 1] as number);
    s2 += (a[p + 2] as number) * (b[q + 2] as number);
    s3 += (a[p + 3] as number) * (b[q + 3] as number);
  }
  for (const end = i * n + to; p < end; p++, q++) s0 += (a[p] as number) * (b[q] as number);
  return s0 + s1 + s2 + s3;
}
