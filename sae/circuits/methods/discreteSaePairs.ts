/** Pairs of codes that only positive prompts have, of each pair of heads, counted by head (O'Neill and Bui 2024). */
import type { CircuitMethod } from '../../../engine/circuits/method.ts';
import { coVariationScorer, coVariationSettings } from '../coVariation.ts';
import { codeSettings, leastPrompts, rankByCodes } from '../rankByCodes.ts';
import { autoencoder, autoencoderSettings } from './discreteSettings.ts';

const settings = { ...codeSettings, ...autoencoderSettings, ...coVariationSettings } as const;

export const discreteSaePairs: CircuitMethod<typeof settings> = {
  id: 'discrete-sae-pairs',
  title: 'Discrete codes, co-variation',
  about:
    'The same codes in pairs of heads: a head scores how often it stands in the pairs whose codes come together in positive ' +
    'prompts and never in negative ones. The paper calls it edge-level; it has no direction and ranks heads.',
  source: 'O’Neill and Bui 2024 (arXiv 2405.12522), as their code has it',
  role: 'method',
  level: 'nodes',
  nodes: ['heads'],
  needs: ['negative'],
  seeded: true,
  settings,
  leastPrompts,
  rank: (scene, values, options) =>
    rankByCodes(scene, values, options, autoencoder(values), (codes) => coVariationScorer(codes, values)),
};
