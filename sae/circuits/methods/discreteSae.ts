/** Codes that only positive prompts have, of each head (O'Neill and Bui 2024, node level). */
import type { CircuitMethod } from '../../../engine/circuits/method.ts';
import { codeScorer } from '../codeScores.ts';
import { codeSettings, leastPrompts, rankByCodes, statistics, statisticSettings } from '../rankByCodes.ts';
import { autoencoder, autoencoderSettings } from './discreteSettings.ts';

const settings = { ...codeSettings, ...autoencoderSettings, ...statisticSettings } as const;

export const discreteSae: CircuitMethod<typeof settings> = {
  id: 'discrete-sae',
  title: 'Discrete codes',
  about:
    'One small autoencoder for the mean writes of all heads, trained on a few prompts; a head scores the number of arg-max ' +
    'codes that its positive prompts have and its negative ones never.',
  source: 'O’Neill and Bui 2024 (arXiv 2405.12522), as their code has it',
  role: 'method',
  level: 'nodes',
  nodes: ['heads'],
  needs: ['negative'],
  seeded: true,
  settings,
  leastPrompts,
  rank: (scene, values, options) =>
    rankByCodes(scene, values, options, autoencoder(values), (codes) =>
      codeScorer(codes, statistics[values.statistic]),
    ),
};
