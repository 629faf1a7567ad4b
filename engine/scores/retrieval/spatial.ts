import type { RowScore } from './retrievalScore.ts';
import { contrast, rowMeans } from './rowMeans.ts';

/** The contrast of `locos` with phi = A: where a head looks, without what it writes. */
export const spatial: RowScore = {
  id: 'spatial',
  title: 'Attention contrast',
  rule: 'R4',
  about: 'attention to the needle, less that to as many other positions',
  formula: 'S = mean_t [ Σ_{j∈I} A_tj − (|I|/|Ī|) Σ_{j∉I} A_tj ]',
  source: 'attention_spatial of LOCOS 2026, arXiv 2607.01002',
  unit: 'share',
  range: [-1, 1],
  reads: 'answer',
  writes: null,
  start: (scene) =>
    rowMeans(scene, (row, head) => {
      const { on, all } = row.attention(head);
      return contrast(row, on, all);
    }),
};
