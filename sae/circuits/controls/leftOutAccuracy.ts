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

/** What is left out with each prompt [E], itself first: its partner, and all that repeat one of the two. */
export type LeftOut = readonly (readonly number[])[];

/**
 * Of labels, the share of prompts whose class is told by a fit without what is left out with them, S. Residuals of what is left out:
 * (I - H)_SS^-1 ((I - H) y)_S, so the prediction is y_i less the first of them; it counts as positive above the mean label of the
 * prompts that were fitted, as that mean leans away from what is left out. S never holds all prompts.
 */
export function leftOutAccuracy(residuals: Float64Array, leftOut: LeftOut): (labels: Uint8Array) => number {
  const count = leftOut.length;
  const weights = leftOut.map((own) => firstOfInverse(residuals, count, own));
  return (labels) => {
    const y = Float64Array.from(labels, (label) => 2 * label - 1);
    const total = y.reduce((a, b) => a + b, 0);
    const fitted = matrixProduct(residuals, y);
    const sumOver = (own: readonly number[], of: (prompt: number, at: number) => number) =>
      own.reduce((sum, prompt, at) => sum + of(prompt, at), 0);
    const told = leftOut.map((own, i) => {
      const threshold = (total - sumOver(own, (prompt) => y[prompt] as number)) / (count - own.length);
      const residual = sumOver(own, (prompt, at) => (weights[i]?.[at] as number) * (fitted[prompt] as number));
      const margin = (y[i] as number) * ((y[i] as number) - residual - threshold);
      return margin > tie ? 1 : margin < -tie ? 0 : 0.5;
    });
    return told.reduce((sum: number, one) => sum + one, 0) / count;
  };
}

/** The first row of (I - H)_SS^-1. */
function firstOfInverse(matrix: Float64Array, count: number, own: readonly number[]): Float64Array {
  const part = Float64Array.from(own.flatMap((row) => own.map((column) => matrix[row * count + column] as number)));
  return positiveInverse(part, own.length).subarray(0, own.length);
}

function matrixProduct(matrix: Float64Array, vector: Float64Array): Float64Array {
  const count = vector.length;
  return vector.map((_, row) => {
    let sum = 0;
    for (let k = 0; k < count; k++) sum += (matrix[row * count + k] as number) * (vector[k] as number);
    return sum;
  });
}
