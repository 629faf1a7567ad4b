/** TopK with k = 1 in place of the arg-max of a ReLU code. */
import type { CircuitMethod } from '../../../engine/circuits/method.ts';
import { trainingSettings } from '../codeDictionary.ts';
import { codeScorer } from '../codeScores.ts';
import { codeSettings, leastPrompts, rankByCodes, statistics, statisticSettings } from '../rankByCodes.ts';
import { trainedSource } from './trainedSource.ts';

const settings = { ...codeSettings, ...trainingSettings, ...statisticSettings } as const;

export const topOneCodes: CircuitMethod<typeof settings> = {
  id: 'top-one-codes',
  title: 'Top-one codes',
  about:
    'The same score with codes that are trained as what they are used for: one feature a write, which keeps its strength.',
  source: 'the score of O’Neill and Bui 2024 on codes of Gao et al. 2024, eq. 2, with k = 1',
  role: 'method',
  level: 'nodes',
  nodes: ['heads'],
  needs: ['negative'],
  seeded: true,
  settings,
  leastPrompts,
  rank: (scene, values, options) =>
    rankByCodes(scene, values, options, trainedSource('topOne', values), (codes) =>
      codeScorer(codes, statistics[values.statistic]),
    ),
};
