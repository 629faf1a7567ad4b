import type { TaskScore } from './retrievalScore.ts';

/** S = accuracy - accuracy(z_h := 0) on key-value lookup */
export const keyValue: TaskScore = {
  id: 'keyValue',
  title: 'Key-value lookup',
  rule: 'R8',
  about: 'accuracy that key-value lookup loses without the head (zero ablation)',
  formula: 'S = accuracy − accuracy(z_h := 0)',
  source: 'the probe of Retrieval-Aware Distillation 2026, arXiv 2602.11374',
  unit: 'accuracy',
  range: [-1, 1],
  reads: 'task',
};
