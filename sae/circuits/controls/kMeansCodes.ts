/** Clusters in place of learned codes. */
import type { CircuitMethod } from '../../../engine/circuits/method.ts';
import { clusterCentres } from '../../controls/clusterCentres.ts';
import { writesInput } from '../codeDictionary.ts';
import { codeScorer } from '../codeScores.ts';
import { codeSettings, rankByCodes, statistics, statisticSettings } from '../rankByCodes.ts';

const settings = { ...codeSettings, ...statisticSettings } as const;

export const kMeansCodes: CircuitMethod<typeof settings> = {
  id: 'k-means',
  title: 'k-means codes',
  about: 'The same score on the nearest of as many k-means centres: learned codes that do no better are clusters.',
  source: 'Arthur and Vassilvitskii 2007 (k-means++)',
  role: 'control',
  level: 'nodes',
  nodes: ['heads'],
  needs: ['negative'],
  seeded: true,
  settings,
  rank: (scene, values, options) =>
    rankByCodes(scene, values, options, {
      steps: 0,
      dictionary: (rows, seed) => {
        const { features } = values;
        return Promise.resolve(
          clusterCentres.make({ rows, input: writesInput, features, k: 1, seed, model: null, text: null }),
        );
      },
      scorer: (codes) => codeScorer(codes, statistics[values.statistic]),
    }),
};
