/** How two measures of the same heads go together. */

export interface Correlation {
  /** Pearson's r; NaN where one of the two does not vary. */
  readonly r: number;
  /** Heads that are known in both. */
  readonly n: number;
}

/** r = sum (x - mean x)(y - mean y) / sqrt(sum (x - mean x)^2 * sum (y - mean y)^2), over heads known in both. */
export function correlation(xs: Float32Array, ys: Float32Array): Correlation {
  const both = Array.from(xs.keys()).filter((i) => Number.isFinite(xs[i]) && Number.isFinite(ys[i]));
  const n = both.length;
  const x = deviations(both.map((i) => xs[i] ?? 0));
  const y = deviations(both.map((i) => ys[i] ?? 0));
  const norm = Math.sqrt(dot(x, x) * dot(y, y));
  return { r: n >= 2 && norm > 0 ? dot(x, y) / norm : NaN, n };
}

function deviations(values: readonly number[]): readonly number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.map((value) => value - mean);
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
}
