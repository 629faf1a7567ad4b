/** k-means: one code a sample, and no direction is shared. */
import { seededRandom } from '../../engine/tensor/random.ts';
import { kMeans } from '../kMeans.ts';
import type { Control } from './control.ts';
import { controlDictionary, preparedControl } from './control.ts';

export const clusterCentres: Control = {
  id: 'kMeans',
  title: 'k-means',
  about: 'Codes that tell samples apart no better than clusters do are no parts of them.',
  madeOf: 'rows',
  async make(input) {
    const { centre, centred } = preparedControl(input);
    const { centres } = await kMeans(centred, input.features, seededRandom(input.seed));
    const weights = new Map([
      ['W_dec', centres],
      ['b_dec', Float32Array.from(centre)],
    ] as const);
    return controlDictionary('kMeans', input, { features: input.features, encoder: { kind: 'nearest' }, weights }, {});
  },
};
