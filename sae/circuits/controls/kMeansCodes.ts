/** Clusters in place of learned codes. */
import type { CircuitMethod } from '../../../engine/circuits/method.ts';
import { clusterCentres } from '../../controls/clusterCentres.ts';
import { writesInput } from '../codeDictionary.ts';
import { codeScorer } from '../codeScores.ts';
import type { CodeSource } from '../rankByCodes.ts';
import { codeSettings, leastPrompts, rankByCodes, statistics, statisticSettings } from '../rankByCodes.ts';

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
  leastPrompts,
  rank: (scene, values, options) =>
    rankByCodes(scene, values, options, clusters(values), (codes) => codeScorer(codes, statistics[values.statistic])),
};

function clusters({ features }: { readonly features: number }): CodeSource {
  return {
    key: ['k-means'],
    steps: 0,
    dictionary: (rows, seed) =>
      Promise.resolve(clusterCentres.make({ rows, input: writesInput, features, k: 1, seed, model: null, text: null })),
  };
}
