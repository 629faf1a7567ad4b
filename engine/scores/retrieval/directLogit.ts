import type { RowScore } from './retrievalScore.ts';
import { rowMeans } from './rowMeans.ts';

/** S = mean_t sum_j phi[t, j] = mean_t u_(y_t) . W_O z[t], without a contrast */
export const directLogit: RowScore = {
  id: 'directLogit',
  title: 'Direct logit attribution',
  rule: 'R5',
  about: "what a head adds to the answer token's logit, from wherever",
  formula: 'S = mean_t Σ_j φ_tj = mean_t u_{y_t} · W_O z_t',
  source: 'dla of LOCOS 2026, arXiv 2607.01002; Elhage et al. 2021',
  unit: 'logits',
  range: [null, null],
  reads: 'answer',
  writes: 'raw',
  start: (scene) => rowMeans(scene, (row, head) => row.contribution(head, 'raw').all),
};
