import type { AnswerRow } from './answerRow.ts';
import type { RowScore } from './retrievalScore.ts';

/**
 * sum_t (1 / |I|) sum_(j in top_|I|(A[t, .]) and in I) A[t, j]: attention on the needle among the |I| strongest keys of each step
 * (the R2 variant of HeadKV, Fu et al. 2024, arXiv 2410.19258)
 */
export const reasoning: RowScore = {
  id: 'reasoning',
  title: 'Retrieval with reasoning',
  rule: 'R6',
  about: "attention on the needle among each step's strongest keys, summed over the answer's tokens",
  formula: 'S = Σ_t (1/|I|) Σ_{j ∈ top_|I|(A_t) ∩ I} A_tj',
  source: 'HeadKV R2, Fu et al. 2024, arXiv 2410.19258',
  unit: 'share',
  range: [0, null],
  reads: 'answer',
  writes: null,
  start({ layers, heads }) {
    const sums = new Float64Array(layers * heads);
    return {
      read(row) {
        for (let head = 0; head < heads; head++) {
          const at = row.layer * heads + head;
          sums[at] = (sums[at] ?? 0) + amongStrongest(row, row.weights(head));
        }
      },
      values: () => sums,
    };
  },
};

function amongStrongest({ needle: [from, to] }: AnswerRow, weights: Float32Array): number {
  const size = to - from;
  let sum = 0;
  for (let j = from; j < to; j++) {
    const weight = weights[j] ?? 0;
    if (weight > 0 && isAmong(weights, j, size)) sum += weight;
  }
  return sum / size;
}

/** Is key j among the `most` strongest? Of equal ones the earlier comes first. */
function isAmong(weights: Float32Array, j: number, most: number): boolean {
  const own = weights[j] as number;
  let before = 0;
  for (let k = 0; k < weights.length && before < most; k++) {
    const weight = weights[k] as number;
    if (weight > own || (weight === own && k < j)) before++;
  }
  return before < most;
}
