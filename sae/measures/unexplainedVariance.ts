import { countOf, meanRow, rowAt, squaredDistance } from '../rows.ts';
import type { Measure } from './measure.ts';

export interface UnexplainedVariance {
  readonly fvu: number;
  /** 1 - fvu */
  readonly explained: number;
  /** E |x^|^2 / E[x . x^]: 1 without bias, below 1 where reconstructions are too short. */
  readonly bias: number;
  /** Mean cosine of x and x^, bias of the decoder and all. */
  readonly cosine: number;
}

export const unexplainedVariance: Measure<UnexplainedVariance> = {
  id: 'unexplainedVariance',
  title: 'Fraction of variance unexplained',
  formula: 'sum |x - x^|^2 / sum |x - mean x|^2 over held-out rows',
  pitfall:
    'A few directions of large variance decide it, and a model may not care for them: recovered loss can be high where this is poor, and the other way round. Compare at the same L0.',
  measure({ rows, reconstruction }) {
    const mean = meanRow(rows);
    let [error, variance, square, product, cosine] = [0, 0, 0, 0, 0];
    for (let row = 0; row < countOf(rows); row++) {
      const [x, y] = [rowAt(rows, row), rowAt(reconstruction, row)];
      error += squaredDistance(x, y);
      variance += squaredDistance(x, mean);
      const [xx, yy, xy] = [dot(x, x), dot(y, y), dot(x, y)];
      square += yy;
      product += xy;
      cosine += xy / Math.max(Math.sqrt(xx * yy), 1e-30);
    }
    const fvu = error / variance;
    return { fvu, explained: 1 - fvu, bias: square / product, cosine: cosine / countOf(rows) };
  },
};

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}
