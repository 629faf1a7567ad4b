/** TopK with k = 1: one code a sample, which keeps its strength. */
import { kept, plainNames, plainWeights } from './pieces.ts';
import { topKLoss } from './topK.ts';
import type { Variant } from './variant.ts';

const settings = {} as const;

export const topOne: Variant<typeof settings> = {
  id: 'topOne',
  title: 'Top one',
  about: 'One feature a sample, trained as it is used: what the arg-max of a ReLU code only reads off afterwards.',
  source: 'Gao et al. 2024, eq. 2, with k = 1',
  settings,
  constraint: 'sphere',
  normalised: true,
  revival: 'input',
  weights: plainWeights,
  loss: (g, input) => topKLoss(g, input, 1),
  inference: (trained) => ({ encoder: { kind: 'topK', k: 1 }, weights: kept(trained, plainNames) }),
};
