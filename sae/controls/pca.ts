/** The k directions of most variance: the best that k numbers a sample can do when they are always the same k. */
import { principalDirections } from '../principalDirections.ts';
import { transposedRows } from '../rows.ts';
import type { Control } from './control.ts';
import { controlDictionary, preparedControl } from './control.ts';

export const pca: Control = {
  id: 'pca',
  title: 'PCA with the same k',
  about: 'A dictionary that explains no more variance with k codes has found no more than a subspace.',
  madeOf: 'rows',
  async make(input) {
    const { centre, centred } = preparedControl(input);
    const features = Math.min(Math.round(input.k), centred.width);
    const { directions } = await principalDirections(centred, features, input.signal);
    const decoder = Float32Array.from(directions);
    const weights = new Map([
      ['W_enc', transposedRows(decoder, centred.width)],
      ['b_enc', new Float32Array(features)],
      ['W_dec', decoder],
      ['b_dec', Float32Array.from(centre)],
    ] as const);
    return controlDictionary('pca', input, { features, encoder: { kind: 'linear' }, weights }, { k: features });
  },
};
