/**
 * The QK correction of AtP* (Kramar et al. 2024, section 3.1.1): a query or key changes the pattern through a softmax that
 * saturates, so the pattern's change is computed and only what comes after it is linearised.
 */
import type { Tensor } from '../tensor/tensor.ts';
import { axisSize } from '../tensor/tensor.ts';

/** What the QK correction compares: [B N P K] each. */
export interface PatternValues {
  readonly pattern: Tensor;
  readonly scores: Tensor;
  /** The pattern with the corrupt query at every position. */
  readonly patternOfQuery: Tensor;
  /** The scores with the corrupt key at every position. */
  readonly scoresOfKey: Tensor;
}

/** [B, N]: sum over queries and keys of d metric / d pattern times (pattern with the corrupt query - pattern). */
export function queryChange({ pattern, patternOfQuery }: PatternValues, gradient: Tensor): Float64Array {
  const rows = axisSize(pattern, 'B') * axisSize(pattern, 'N');
  const each = pattern.data.length / rows;
  return Float64Array.from({ length: rows }, (_, row) => {
    let sum = 0;
    for (let i = row * each; i < (row + 1) * each; i++) {
      sum += (gradient.data[i] as number) * ((patternOfQuery.data[i] as number) - (pattern.data[i] as number));
    }
    return sum;
  });
}

/**
 * [B, G]: the same with one key at a time corrupt, summed over the keys and over the query heads of a group. With p the
 * pattern of a query, g its gradient and d the change of the score at key t, the softmax becomes
 * p'_t = p_t e^d / Z and p'_k = p_k / Z elsewhere, Z = 1 + p_t (e^d - 1), so that
 * sum_k g_k (p'_k - p_k) = (1 / Z - 1) (sum_k g_k p_k - g_t p_t) + g_t p_t (e^d / Z - 1).
 */
export function keyChange(values: PatternValues, gradient: Tensor, kvHeads: number): Float64Array {
  const { pattern } = values;
  const [rows, heads, queries, keys] = (['B', 'N', 'P', 'K'] as const).map((axis) => axisSize(pattern, axis)) as [
    number,
    number,
    number,
    number,
  ];
  const sums = new Float64Array(rows * kvHeads);
  for (let line = 0; line < rows * heads * queries; line++) {
    const head = Math.floor(line / queries);
    const place = Math.floor(head / heads) * kvHeads + Math.floor(((head % heads) * kvHeads) / heads);
    sums[place] = (sums[place] as number) + lineChange(values, gradient.data, line * keys, keys);
  }
  return sums;
}

/** One query's line of the pattern. */
function lineChange(
  { pattern, scores, scoresOfKey }: PatternValues,
  g: Float32Array,
  from: number,
  keys: number,
): number {
  let weighted = 0;
  for (let k = from; k < from + keys; k++) weighted += (g[k] as number) * (pattern.data[k] as number);
  let sum = 0;
  for (let t = from; t < from + keys; t++) {
    const p = pattern.data[t] as number;
    if (p === 0) continue;
    const own = (g[t] as number) * p;
    // With u = e^-d both quotients stay finite: e^d / Z = 1 / (u (1 - p) + p), 1 / Z = u / (u (1 - p) + p).
    const u = Math.exp((scores.data[t] as number) - (scoresOfKey.data[t] as number));
    const grown = u === Infinity ? 0 : 1 / (u * (1 - p) + p);
    const rest = u === Infinity ? 1 / (1 - p) : u * grown;
    sum += (rest - 1) * (weighted - own) + own * (grown - 1);
  }
  return sum;
}
