/** ReLU and L1. Notes: shrinks activations, for the penalty pulls on every active code; spec C.1. */
import { decode, kept, plainNames, plainWeights, preActivations, rowNorms, squaredError } from './pieces.ts';
import type { Variant } from './variant.ts';

const settings = {
  sparsity: {
    kind: 'number',
    title: 'L1 weight',
    about: 'what the mean of sum f |d| is multiplied with',
    default: 5,
    range: [0, Infinity],
  },
} as const;

export const standard: Variant<typeof settings> = {
  id: 'standard',
  title: 'ReLU + L1',
  about: 'Every positive pre-activation is a code; an L1 penalty makes most of them 0, and shrinks the rest.',
  source: 'Bricken et al. 2023; Templeton et al. 2024 (penalty weighted by row lengths)',
  settings,
  constraint: 'free',
  normalised: false,
  revival: 'input',
  weights: plainWeights,
  // L = (1/B) sum |x^ - x|^2 + lambda (1/B) sum_b sum_i f_i |d_i|,  f = max(p, 0)
  loss(g, input) {
    const p = preActivations(g, input);
    const codes = g.relu(p);
    const reconstruction = decode(g, codes, input.weight);
    const penalty = g.mean(g.contract(codes, rowNorms(g, input.weight('W_dec')), 'B'), 'B');
    return {
      codes,
      reconstruction,
      preActivations: p,
      parts: {
        reconstruction: squaredError(g, reconstruction, input.x),
        sparsity: g.multiply(input.sparsity, penalty),
      },
      tracked: new Map(),
    };
  },
  inference: (trained) => ({ encoder: { kind: 'relu' }, weights: kept(trained, plainNames) }),
};
