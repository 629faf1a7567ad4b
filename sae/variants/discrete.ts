/**
 * The autoencoder whose arg-max code is read as a discrete one (O'Neill and Bui 2024): one small dictionary for the mean
 * writes of all heads. Its codes are ReLU codes; the arg-max is taken afterwards (`argMaxCodes`).
 */
import { decode, kept, plainNames, preActivations } from './pieces.ts';
import type { Variant, WeightConstraint } from './variant.ts';

const settings = {
  sparsity: {
    kind: 'number',
    title: 'L1 weight',
    about: 'what the mean of sum f is multiplied with',
    default: 0.02,
    range: [0, Infinity],
  },
  unitDecoder: {
    kind: 'choice',
    title: 'unit vectors of the decoder',
    about:
      'outputs: those of each output over the features, as the authors’ code has it; features: what each feature writes',
    default: 'outputs',
    choices: ['outputs', 'features'],
  },
} as const;

export const discrete: Variant<typeof settings> = {
  id: 'discrete',
  title: 'Discrete codes',
  about: 'A ReLU autoencoder shared by all heads; of its codes only the largest one’s index is used.',
  source: 'O’Neill and Bui 2024, section 3 and its code',
  settings,
  constraint: 'free',
  normalised: false,
  revival: 'input',
  weights: ({ width }, { unitDecoder }) => [
    { name: 'W_enc', axes: 'D F', start: { kind: 'unit', along: 'D' } },
    { name: 'b_enc', axes: 'F', start: { kind: 'uniform', limit: 1 / Math.sqrt(width) } },
    { name: 'W_dec', axes: 'F D', start: { kind: 'unit', along: unitDecoder === 'outputs' ? 'F' : 'D' } },
    { name: 'b_dec', axes: 'D', start: { kind: 'constant', value: 0 } },
  ],
  constraints: ({ unitDecoder }): readonly WeightConstraint[] => [
    { weight: 'W_enc', along: 'D', constraint: 'sphere' },
    { weight: 'W_dec', along: unitDecoder === 'outputs' ? 'F' : 'D', constraint: 'sphere' },
  ],
  // L = mean over b and d of (x^ - x)^2 + lambda (1/B) sum_b |f|_1
  loss(g, input) {
    const p = preActivations(g, input);
    const codes = g.relu(p);
    const reconstruction = decode(g, codes, input.weight);
    return {
      codes,
      reconstruction,
      preActivations: p,
      parts: {
        reconstruction: g.mean(g.power(g.subtract(reconstruction, input.x), 2), 'B D'),
        sparsity: g.multiply(input.sparsity, g.mean(g.sum(codes, 'F'), 'B')),
      },
      tracked: new Map(),
    };
  },
  inference: (trained) => ({ encoder: { kind: 'relu' }, weights: kept(trained, plainNames) }),
};
