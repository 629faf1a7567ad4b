/** The nearest row of a learned code book in place of an arg-max. */
import type { CircuitMethod } from '../../../engine/circuits/method.ts';
import { trainingSettings } from '../codeDictionary.ts';
import { codeScorer } from '../codeScores.ts';
import { codeSettings, leastPrompts, rankByCodes, statistics, statisticSettings } from '../rankByCodes.ts';
import { trainedSource } from './trainedSource.ts';

const settings = { ...codeSettings, ...trainingSettings, ...statisticSettings } as const;

export const vectorQuantisedCodes: CircuitMethod<typeof settings> = {
  id: 'vq-codes',
  title: 'Vector-quantised codes',
  about:
    'The same score with codes that are trained as what they are used for: each write is its nearest row of a code book.',
  source: 'the score of O’Neill and Bui 2024 on codes of van den Oord et al. 2017, eq. 3',
  role: 'method',
  level: 'nodes',
  nodes: ['heads'],
  needs: ['negative'],
  seeded: true,
  settings,
  leastPrompts,
  rank: (scene, values, options) =>
    rankByCodes(scene, values, options, trainedSource('vectorQuantised', values), (codes) =>
      codeScorer(codes, statistics[values.statistic]),
    ),
};
