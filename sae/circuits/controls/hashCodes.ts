/** Random hyperplanes in place of learned codes: a hash, which knows nothing of the writes, not even a bias. */
import type { CircuitMethod } from '../../../engine/circuits/method.ts';
import { numberedRandom } from '../../../engine/tensor/random.ts';
import { transposedRows } from '../../rows.ts';
import type { Dictionary } from '../../dictionary.ts';
import { unitRows } from '../../directions.ts';
import { writesInput } from '../codeDictionary.ts';
import { codeScorer } from '../codeScores.ts';
import { drawOf } from '../headRanking.ts';
import type { CodeSource } from '../rankByCodes.ts';
import { codeSettings, leastPrompts, rankByCodes, statistics, statisticSettings } from '../rankByCodes.ts';

const settings = { ...codeSettings, ...statisticSettings } as const;

export const hashCodes: CircuitMethod<typeof settings> = {
  id: 'hash',
  title: 'Random hyperplane hash',
  about:
    'The same score on the number of the random hyperplane that a write lies farthest above. It reads directions alone: a ' +
    'short write counts as much as a long one.',
  source: 'Charikar 2002 (random hyperplanes), the farthest as code',
  role: 'control',
  level: 'nodes',
  nodes: ['heads'],
  needs: ['negative'],
  seeded: true,
  settings,
  leastPrompts,
  rank: (scene, values, options) =>
    rankByCodes(scene, values, options, hyperplanes(values), (codes) =>
      codeScorer(codes, statistics[values.statistic]),
    ),
};

function hyperplanes({ features }: { readonly features: number }): CodeSource {
  return {
    key: ['hash'],
    steps: 0,
    dictionary: (rows, seed) => Promise.resolve(hyperplaneDictionary(features, rows.width, seed)),
  };
}

/** p = x W_enc, the columns of W_enc normals of length 1. */
function hyperplaneDictionary(features: number, width: number, seed: number): Dictionary {
  const random = numberedRandom(seed, drawOf.codes);
  const normals = unitRows(
    Float64Array.from({ length: features * width }, () => random.normal()),
    width,
  );
  const rows = Float32Array.from(normals);
  return {
    width,
    features,
    encoder: { kind: 'linear' },
    weights: new Map([
      ['W_enc', transposedRows(rows, width)],
      ['b_enc', new Float32Array(features)],
      ['W_dec', rows],
      ['b_dec', new Float32Array(width)],
    ]),
    input: writesInput,
    origin: { made: 'control', by: 'hash', settings: {}, seed, steps: null, samples: null, text: null },
    model: null,
    density: null,
    labels: new Map(),
  };
}
