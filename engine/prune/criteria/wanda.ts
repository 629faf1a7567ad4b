import { channelsOf, sumOver } from './channels.ts';
import type { Criterion } from './criterion.ts';

// sum over channels c of u of mean over D of |W[c, d]| ||x_c||
export const wanda: Criterion = {
  kind: 'observed',
  ...{ id: 'wanda', title: 'Wanda, structured', rule: 'P7', family: 'proxy' },
  formula: 'sum over its channels c of mean_d |W[c, d]| ||x_c||, ||x_c|| over all tokens',
  source: 'Sun et al. 2024, summed by structure as in the code of FLAP (Wanda-sp)',
  ...{ unit: 'weight times value', units: ['head', 'kv-group', 'mlp'], signed: false },
  of: (scene) =>
    channelsOf(scene).map((channels) => {
      const { sums, weights } = channels;
      const each = (c: number) => ((weights.magnitudes[c] ?? NaN) / weights.rows) * Math.sqrt(sums.squares[c] ?? NaN);
      return sumOver(channels, each);
    }),
};
