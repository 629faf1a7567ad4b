import type { Criterion } from './criterion.ts';
import { everyUnit } from './criterion.ts';

// mean over tokens of sum_V p (log p - log q_u), q_u without u
export const klImportance: Criterion = {
  kind: 'ablated',
  ...{ id: 'kl', title: 'Divergence without it', rule: 'P3', family: 'causal' },
  formula: 'mean over tokens of KL(p || p(z_u := 0))',
  source: 'arXiv 2507.07064 (which then scales to 0 to 1 in each layer)',
  ...{ unit: 'nats a token', units: everyUnit, signed: false, by: 'zero' },
  of: ({ kl }) => kl,
};
