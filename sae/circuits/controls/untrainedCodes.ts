/** The same pipeline before the first step of training. */
import type { CircuitMethod } from '../../../engine/circuits/method.ts';
import { codeScorer } from '../codeScores.ts';
import { autoencoderSettings, untrainedAutoencoder } from '../methods/discreteSettings.ts';
import { codeSettings, leastPrompts, rankByCodes, statistics, statisticSettings } from '../rankByCodes.ts';

const settings = { ...codeSettings, ...autoencoderSettings, ...statisticSettings } as const;

export const untrainedCodes: CircuitMethod<typeof settings> = {
  id: 'untrained',
  title: 'Untrained encoder',
  about:
    'Discrete codes without a step of training, random unit rows: where it does as well, nothing was learned that helps.',
  source: 'no paper; the start of O’Neill and Bui 2024’s autoencoder',
  role: 'control',
  level: 'nodes',
  nodes: ['heads'],
  needs: ['negative'],
  seeded: true,
  settings,
  leastPrompts,
  rank: (scene, values, options) =>
    rankByCodes(scene, values, options, untrainedAutoencoder(values), (codes) =>
      codeScorer(codes, statistics[values.statistic]),
    ),
};
