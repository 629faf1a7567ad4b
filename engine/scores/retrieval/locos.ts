import type { RowScore } from './retrievalScore.ts';
import { contrast, rowMeans } from './rowMeans.ts';

/** S = mean_t (L+ - L-), L+ = sum_(j in I) phi[t, j], L- = (|I| / |off|) sum_(j not in I) phi[t, j], phi[t, j] = A[t, j] (u_y . W_O v_j) */
export const locos: RowScore = {
  id: 'locos',
  title: 'Logit contribution',
  rule: 'R3',
  about: "what a head adds to the answer token's logit from the needle, less what it adds from as many other positions",
  formula: 'S = mean_t [ Σ_{j∈I} φ_tj − (|I|/|Ī|) Σ_{j∉I} φ_tj ],  φ_tj = A_tj · (u_{y_t} · W_O v_j)',
  source: 'LOCOS 2026, arXiv 2607.01002',
  unit: 'logits',
  range: [null, null],
  reads: 'answer',
  writes: 'raw',
  start: (scene) =>
    rowMeans(scene, (row, head) => {
      const { on, all } = row.contribution(head, 'raw');
      return contrast(row, on, all);
    }),
};
