import { channelsOf, sumOver } from './channels.ts';
import type { Criterion } from './criterion.ts';

// sqrt(sum over channels c of u, windows b of (mean over tokens of |x_c|)^2)
export const minitron: Criterion = {
  kind: 'observed',
  ...{ id: 'minitron', title: 'Activation (Minitron)', rule: 'P10', family: 'proxy' },
  formula: 'sqrt(sum over its channels and windows of (mean over tokens of |x_c|)^2)',
  source: 'Muralidharan et al. 2024, section 2.2, and the code of NVIDIA ModelOpt',
  ...{ unit: 'value', units: ['head', 'kv-group', 'mlp'], signed: false },
  of: (scene) =>
    channelsOf(scene).map((channels) => Math.sqrt(sumOver(channels, (c) => channels.sums.magnitudes[c] ?? NaN))),
};
