import { channelsOf, sumOver } from './channels.ts';
import type { Criterion } from './criterion.ts';

// sum over channels c of u of var(x_c) sum_d W[c, d]^2
export const wifv: Criterion = {
  kind: 'observed',
  ...{ id: 'wifv', title: 'Fluctuation of its channels (WIFV)', rule: 'P8', family: 'proxy' },
  formula: 'sum over its channels c of var(x_c) sum_d W[c, d]^2, var over tokens with n - 1',
  source: 'FLAP, An et al. 2024, equation 5, summed over channels',
  ...{ unit: 'squared stream units', units: ['head', 'kv-group', 'mlp'], signed: false },
  of: (scene) =>
    channelsOf(scene).map((channels) =>
      sumOver(channels, (c) => (channels.sums.variance[c] ?? NaN) * (channels.weights.squares[c] ?? NaN)),
    ),
};
