import type { Criterion } from './criterion.ts';
import { everyUnit } from './criterion.ts';

// E |dL / dxi_u| = E |z_u . dL / dz_u|: the magnitude is each token's, each window's or the whole text's.
export const michel: Criterion = {
  kind: 'gates',
  ...{ id: 'michel', title: 'Gate gradient', rule: 'P4', family: 'attribution' },
  formula: 'E |dL / dxi_u|, xi_u a factor on z_u; the magnitude at the stated granularity',
  source: 'Michel et al. 2019, equation 2',
  ...{ unit: 'nats a token', units: everyUnit, signed: false, takesMagnitude: true },
  of: ({ tokens, total, perToken, perExample }, at) =>
    (at === 'token' ? perToken : at === 'example' ? perExample : Math.abs(total)) / tokens,
};
