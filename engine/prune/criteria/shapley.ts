import type { Criterion } from './criterion.ts';
import { everyUnit } from './criterion.ts';

// phi_u = E over orders of L(without those before u, and u) - L(without those before u)
export const shapley: Criterion = {
  kind: 'shapley',
  ...{ id: 'shapley', title: 'Shapley value', rule: 'P11', family: 'causal' },
  formula:
    'mean over orders of removal of what the loss rises by when its turn comes; the values sum to L(none) - L(all)',
  source:
    'Held and Yang 2023; Ghorbani and Zou 2019, algorithm 1 (truncation); antithetic orders: Mitchell et al. 2022',
  ...{ unit: 'nats a token', units: everyUnit, signed: true },
};
