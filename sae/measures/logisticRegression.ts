/** Logistic regression with ridge, by Newton's method with conjugate gradients: no step is drawn, so the same examples give the same fit. */

export interface Examples {
  /** d */
  readonly width: number;
  /** [n d] */
  readonly data: Float64Array;
}

export interface LogisticFit {
  /** [d] */
  readonly weights: Float64Array;
  readonly bias: number;
}

const newtonSteps = 30;
const tolerance = 1e-8;

/**
 * The least of sum_i log(1 + exp(-s_i (w . x_i + b))) + |w|^2 / 2 with s = 1 where `isPositive`, else -1: what scikit-learn
 * does at C = 1. Columns should be of like scale.
 */
export function logisticRegression(examples: Examples, isPositive: ArrayLike<boolean>): LogisticFit {
  const { width } = examples;
  // The bias is the last entry, as if of a column of ones, and has no ridge.
  let found = new Float64Array(width + 1);
  let loss = lossAt(examples, isPositive, found);
  for (let step = 0; step < newtonSteps; step++) {
    const { gradient, curvature } = slopes(examples, isPositive, found);
    if (dot(gradient, gradient) < tolerance) break;
    const move = solve((v) => hessianTimes(examples, curvature, v), gradient);
    let [factor, next] = [1, found];
    for (; factor > 1e-4; factor /= 2) {
      next = found.map((value, i) => value - factor * (move[i] as number));
      if (lossAt(examples, isPositive, next) < loss) break;
    }
    const lower = lossAt(examples, isPositive, next);
    if (!(lower < loss)) break;
    [found, loss] = [next, lower];
  }
  return { weights: found.subarray(0, width), bias: found[width] as number };
}

/** w . x_i + b of every example. */
function logits({ width, data }: Examples, parameters: Float64Array): Float64Array {
  const values = new Float64Array(data.length / width).fill(parameters[width] as number);
  for (let i = 0; i < values.length; i++) {
    let sum = 0;
    for (let d = 0; d < width; d++) sum += (data[i * width + d] as number) * (parameters[d] as number);
    values[i] = (values[i] as number) + sum;
  }
  return values;
}

function lossAt(examples: Examples, isPositive: ArrayLike<boolean>, parameters: Float64Array): number {
  const weights = parameters.subarray(0, examples.width);
  return logits(examples, parameters).reduce(
    (sum, logit, i) => {
      const margin = isPositive[i] === true ? logit : -logit;
      return sum + Math.log1p(Math.exp(-Math.abs(margin))) + Math.max(0, -margin);
    },
    dot(weights, weights) / 2,
  );
}

/** Gradient X^T (p - y) + w, and p (1 - p) of every example. */
function slopes(examples: Examples, isPositive: ArrayLike<boolean>, parameters: Float64Array) {
  const likely = logits(examples, parameters).map((logit) => 1 / (1 + Math.exp(-logit)));
  const gradient = transposedTimes(
    examples,
    likely.map((p, i) => p - Number(isPositive[i] === true)),
  );
  for (let d = 0; d < examples.width; d++) gradient[d] = (gradient[d] as number) + (parameters[d] as number);
  return { gradient, curvature: likely.map((p) => p * (1 - p)) };
}

/** (X^T S X + I) v; the bias's own entry gets a little too, for curvature may be 0 where everything is certain. */
function hessianTimes(examples: Examples, curvature: Float64Array, v: Float64Array): Float64Array {
  const product = transposedTimes(
    examples,
    logits(examples, v).map((value, i) => value * (curvature[i] as number)),
  );
  return product.map((value, d) => value + (d < examples.width ? 1 : 1e-9) * (v[d] as number));
}

/** X^T u, and the sum of u in the bias's place. */
function transposedTimes({ width, data }: Examples, u: Float64Array): Float64Array {
  const sums = new Float64Array(width + 1);
  for (let i = 0; i < u.length; i++) {
    const factor = u[i] as number;
    for (let d = 0; d < width; d++) sums[d] = (sums[d] as number) + factor * (data[i * width + d] as number);
    sums[width] = (sums[width] as number) + factor;
  }
  return sums;
}

/** Conjugate gradients for A x = b, A positive definite. */
function solve(times: (v: Float64Array) => Float64Array, b: Float64Array): Float64Array {
  const x = new Float64Array(b.length);
  const residual = b.slice();
  const direction = b.slice();
  const enough = dot(b, b) * 1e-10;
  let square = dot(residual, residual);
  for (let step = 0; step < 2 * b.length && square > enough; step++) {
    const product = times(direction);
    const length = square / dot(direction, product);
    for (let i = 0; i < x.length; i++) {
      x[i] = (x[i] as number) + length * (direction[i] as number);
      residual[i] = (residual[i] as number) - length * (product[i] as number);
    }
    const next = dot(residual, residual);
    for (let i = 0; i < x.length; i++)
      direction[i] = (residual[i] as number) + (next / square) * (direction[i] as number);
    square = next;
  }
  return x;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}
