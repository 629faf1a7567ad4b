import type { Criterion } from './criterion.ts';
import { everyUnit } from './criterion.ts';

// L(z_u := 0) - L, over all predicted tokens
export const zeroAblation: Criterion = {
  kind: 'ablated',
  ...{ id: 'zero', title: 'Loss without it (zero ablation)', rule: 'P1', family: 'causal' },
  formula: 'L(z_u := 0) - L, L the mean next-token loss',
  source: 'Michel et al. 2019, section 3 (ablating one head); what removal does',
  ...{ unit: 'nats a token', units: everyUnit, signed: true, by: 'zero' },
  of: ({ change }) => change,
};
