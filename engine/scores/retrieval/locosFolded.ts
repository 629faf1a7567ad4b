import type { RowScore } from './retrievalScore.ts';
import { contrast } from './rowMeans.ts';

/** S of `locos` with u' = (scale u * gain) / s_t, s_t what the final norm divides the stream by at step t */
export const locosFolded: RowScore = {
  id: 'locosFolded',
  title: 'Logit contribution, in logits',
  rule: 'R9',
  about: 'the logit contribution with the final norm in it: logits of the answer, comparable between models',
  formula: 'S of R3 with u′_t = (scale · u_{y_t} ∘ gain) / s_t, s_t the divisor of the final norm',
  source: 'after LOCOS 2026, arXiv 2607.01002; the norm frozen as in direct logit attribution',
  unit: 'logits',
  range: [null, null],
  reads: 'answer',
  writes: 'folded',
  start({ layers, heads, steps }) {
    const values = Array.from({ length: steps }, () => new Float64Array(layers * heads));
    return {
      read(row) {
        for (let head = 0; head < heads; head++) {
          const { on, all } = row.contribution(head, 'folded');
          (values[row.step] as Float64Array)[row.layer * heads + head] = contrast(row, on, all);
        }
      },
      values: (divisors) =>
        new Float64Array(layers * heads).map((_, at) =>
          values.reduce((sum, row, step) => sum + (row[at] as number) / (divisors[step] ?? NaN) / steps, 0),
        ),
    };
  },
};
