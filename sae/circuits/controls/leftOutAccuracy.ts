/** How well a ridge classifier tells prompts that it was not fitted to, for all prompts from one fit. */
import { positiveInverse } from './positiveInverse.ts';

/**
 * I - H of ridge regression with a free intercept, H y the fitted values (Hastie et al. 2009, eq. 3.44): with the gram matrix
 * K [E E] of rows less their mean, I - H = lambda (K + lambda I)^-1 - 1 1^T / E. Null where no row differs from the mean.
 */
export function residualMatrix(gram: ArrayLike<number>, count: number, ridge: number): Float64Array | null {
  let trace = 0;
  for (let i = 0; i < count; i++) trace += gram[i * count + i] as number;
  if (!(trace > 0)) return null;
  const lambda = (ridge * trace) / count;
  const shifted = doublyCentred(gram, count);
  for (let i = 0; i < count; i++) shifted[i * count + i] = (shifted[i * count + i] as number) + lambda;
  return positiveInverse(shifted, count).map((value) => lambda * value - 1 / count);
}

/** K less means of rows and columns, for sums in float32 leave a little. */
function doublyCentred(gram: ArrayLike<number>, count: number): Float64Array {
  const means = new Float64Array(count);
  for (let i = 0; i < count; i++)
    for (let j = 0; j < count; j++) means[i] = (means[i] as number) + (gram[i * count + j] as number) / count;
  const mean = means.reduce((a, b) => a + b, 0) / count;
  return Float64Array.from({ length: count * count }, (_, at) => {
    const [i, j] = [Math.floor(at / count), at % count];
    return (gram[at] as number) - (means[i] as number) - (means[j] as number) + mean;
  });
}

/** Differences below this are ties: half right. */
const tie = 1e-9;

/**
 * Share of prompts whose class is told by a fit without them and their partner. Residuals of what is left out:
 * (I - H)_SS^-1 ((I - H) y)_S, so the prediction is y_S less that; it counts as positive above the mean label of the prompts
 * that were fitted, as that mean leans away from what is left out.
 */
export function leftOutAccuracy(residuals: Float64Array, labels: Uint8Array, partners: Int32Array): number {
  const count = labels.length;
  const y = Float64Array.from(labels, (label) => 2 * label - 1);
  const total = y.reduce((a, b) => a + b, 0);
  const fitted = matrixProduct(residuals, y);
  let right = 0;
  for (let i = 0; i < count; i++) {
    const partner = partners[i] as number;
    const others = partner < 0 ? 0 : (y[partner] as number);
    const threshold = (total - (y[i] as number) - others) / (count - (partner < 0 ? 1 : 2));
    const residual = leftOutResidual(residuals, fitted, count, i, partner);
    const margin = (y[i] as number) * ((y[i] as number) - residual - threshold);
    right += margin > tie ? 1 : margin < -tie ? 0 : 0.5;
  }
  return right / count;
}

/** Of prompt i where it and its partner are left out: the first of two equations' unknowns. */
function leftOutResidual(
  matrix: Float64Array,
  fitted: Float64Array,
  count: number,
  i: number,
  partner: number,
): number {
  const at = (row: number, column: number) => matrix[row * count + column] as number;
  if (partner < 0) return (fitted[i] as number) / at(i, i);
  const determinant = at(i, i) * at(partner, partner) - at(i, partner) ** 2;
  return ((fitted[i] as number) * at(partner, partner) - (fitted[partner] as number) * at(i, partner)) / determinant;
}

function matrixProduct(matrix: Float64Array, vector: Float64Array): Float64Array {
  const count = vector.length;
  return vector.map((_, row) => {
    let sum = 0;
    for (let k = 0; k < count; k++) sum += (matrix[row * count + k] as number) * (vector[k] as number);
    return sum;
  });
}
