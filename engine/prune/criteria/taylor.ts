import type { Criterion } from './criterion.ts';
import { everyUnit } from './criterion.ts';

// L(xi_u = 0) - L(xi_u = 1) = -dL / dxi_u + ..
export const taylor: Criterion = {
  kind: 'gates',
  ...{ id: 'taylor', title: 'First-order Taylor', rule: 'P5', family: 'attribution' },
  formula: '-dL / dxi_u: the loss without it, to first order',
  source: 'Molchanov et al. 2017, equation 7, without its magnitude',
  ...{ unit: 'nats a token', units: everyUnit, signed: true, takesMagnitude: false },
  of: ({ tokens, total }) => -total / tokens,
};
