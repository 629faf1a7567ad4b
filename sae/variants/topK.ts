/** TopK: the k largest pre-activations of each sample are its codes (spec C.3). AuxK is a remedy of training. */
import type { GraphBuilder } from '../../engine/graph/builder.ts';
import { Fault } from '../../engine/terms/fault.ts';
import { decode, kept, plainNames, plainWeights, preActivations, squaredError } from './pieces.ts';
import type { DictionarySize, Forward, LossInput, Variant } from './variant.ts';

const settings = {
  k: {
    kind: 'number',
    title: 'k',
    about: 'codes of a sample that are not 0, at most',
    default: 32,
    range: [1, Infinity],
    whole: true,
  },
} as const;

/** f = max(p, 0) for the k largest p of a sample, else 0; L = (1/B) sum |x^ - x|^2. */
export function topKLoss(g: GraphBuilder, input: LossInput, k: number): Forward {
  const p = preActivations(g, input);
  const codes = g.where(g.largest(p, 'F', k), g.relu(p), 0);
  const reconstruction = decode(g, codes, input.weight);
  return {
    codes,
    reconstruction,
    preActivations: p,
    parts: { reconstruction: squaredError(g, reconstruction, input.x) },
    tracked: new Map(),
  };
}

/** Throws Fault for a k above F. */
export function checkK({ features }: DictionarySize, k: number, where: string): void {
  if (k <= features) return;
  throw new Fault({ what: 'k is above the dictionary', where, expected: `at most F = ${features}`, got: String(k) });
}

export const topK: Variant<typeof settings> = {
  id: 'topK',
  title: 'TopK',
  about: 'The k largest pre-activations of a sample are kept: sparsity is set, not bought by shrinking.',
  source: 'Gao et al. 2024, eq. 2 and 3',
  settings,
  constraint: 'sphere',
  normalised: true,
  revival: 'input',
  weights: plainWeights,
  check: (size, { k }, where) => checkK(size, k, where),
  loss: (g, input) => topKLoss(g, input, input.settings.k),
  inference: (trained, _, { k }) => ({ encoder: { kind: 'topK', k }, weights: kept(trained, plainNames) }),
};
