import type { Criterion } from './criterion.ts';
import { everyUnit } from './criterion.ts';

// L(z_u := mean over tokens of z_u) - L
export const meanAblation: Criterion = {
  kind: 'ablated',
  ...{ id: 'mean', title: 'Loss with its mean (mean ablation)', rule: 'P2', family: 'causal' },
  formula: 'L(z_u := mean over tokens of z_u) - L',
  source: 'FLAP, An et al. 2024, section 3.3: removal with bias compensation',
  ...{ unit: 'nats a token', units: everyUnit, signed: true, by: 'mean' },
  of: ({ change }) => change,
};
