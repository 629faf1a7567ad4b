import type { PatternRow, RowScore } from './headScore.ts';
import { laterQueries } from './laterQueries.ts';

/** How far back a head looks, each key weighed by its attention. */
export const meanDistance: RowScore = {
  id: 'meanDistance',
  title: 'Mean attention distance',
  rule: 'S9',
  about: 'how far away attention lies, weighed by it: 0 on the query itself, 1 on the token before',
  formula: 'mean over q >= 1 of sum over k of A[q, k] |q - k|',
  source: 'Vig and Belinkov 2019, arXiv 1906.04284, attention distance',
  unit: 'tokens',
  range: [0, null],
  counts: 'every query but the first',
  reading: 'row',
  predicts: false,
  select: laterQueries,
  ofRow: distance,
  ofUniform: uniformDistance,
};

/** sum over k of a[k] |q - k| */
function distance({ weights, at, keys, query }: PatternRow): number {
  let sum = 0;
  for (let k = 0; k < keys; k++) sum += (weights[at + k] as number) * Math.abs(query - k);
  return sum;
}

/** (1 + ... + q + 1 + ... + (n - 1 - q)) / n, with n the keys: q / 2 in a causal model, where n = q + 1. */
function uniformDistance(query: number, keys: number): number {
  const after = keys - 1 - query;
  return (query * (query + 1) + after * (after + 1)) / (2 * keys);
}
