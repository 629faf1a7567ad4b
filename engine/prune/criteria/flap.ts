import { channelsOf, sumOver } from './channels.ts';
import type { Criterion, ObservedScene } from './criterion.ts';

// s_c = (var(x_c) sum_d W[c, d]^2)^2; mean over channels c of u of (s_c - mean s) / sd s, both over the channels of the layer
export const flap: Criterion = {
  kind: 'observed',
  ...{ id: 'flap', title: 'FLAP', rule: 'P9', family: 'proxy' },
  formula: 'mean over its channels of the squared WIFV, standardised over the channels of its layer',
  source: 'FLAP, An et al. 2024, section 3.2, and its code for attention',
  ...{ unit: 'standard deviations', units: ['head', 'kv-group'], signed: true },
  of: (scene) => {
    const standard = standardised(scene);
    return channelsOf(scene).map((channels) => {
      const sum = sumOver(channels, (c) => standard[c] ?? NaN);
      return sum / (channels.to - channels.from);
    });
  },
};

/** Zeros where all channels are alike. */
function standardised({ layer: { heads }, weights }: ObservedScene): Float64Array {
  const squared = heads.variance.map((variance, c) => (variance * (weights.heads.squares[c] ?? NaN)) ** 2);
  const mean = squared.reduce((sum, value) => sum + value, 0) / squared.length;
  const spread = squared.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, squared.length - 1);
  return squared.map((value) => (spread === 0 ? 0 : (value - mean) / Math.sqrt(spread)));
}
