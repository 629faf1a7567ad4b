/** Gated: which features are active and how much they are is learned apart (spec C.2). */
import { decode, decoderWeights, encoderProduct, encoderMatrix, kept, squaredError, zeros } from './pieces.ts';
import type { Variant } from './variant.ts';

const settings = {
  sparsity: {
    kind: 'number',
    title: 'L1 weight',
    about: 'what the mean of sum max(gate, 0) is multiplied with',
    default: 5,
    range: [0, Infinity],
  },
} as const;

export const gated: Variant<typeof settings> = {
  id: 'gated',
  title: 'Gated',
  about:
    'A gate says whether a feature is active, a second reading of the same directions how much: only the gate is penalised.',
  source: 'Rajamanoharan et al. 2024a, eq. 6 to 8, with the decoder of the auxiliary term frozen',
  settings,
  constraint: 'sphere',
  normalised: false,
  revival: 'input',
  weights: () => [encoderMatrix, zeros('b_gate'), zeros('b_mag'), zeros('r_mag'), ...decoderWeights()],
  // u = c W_enc; pi = u + b_gate; f = [pi > 0] max(u e^r + b_mag, 0);
  // L = (1/B) sum |x^ - x|^2 + lambda (1/B) sum max(pi, 0) + (1/B) sum |max(pi, 0) W_dec0 + b_dec0 - x|^2, W_dec0 and b_dec0 frozen
  loss(g, input) {
    const { weight } = input;
    const u = encoderProduct(g, input);
    const gate = g.add(u, weight('b_gate'));
    const magnitude = g.add(g.multiply(u, g.exp(weight('r_mag'))), weight('b_mag'));
    const codes = g.where(g.less(0, gate), g.relu(magnitude), 0);
    const reconstruction = decode(g, codes, weight);
    const open = g.relu(gate);
    const byGate = decode(g, open, (name) => g.stopGradient(weight(name)));
    return {
      codes,
      reconstruction,
      preActivations: gate,
      parts: {
        reconstruction: squaredError(g, reconstruction, input.x),
        sparsity: g.multiply(input.sparsity, g.mean(g.sum(open, 'F'), 'B')),
        auxiliary: squaredError(g, byGate, input.x),
      },
      tracked: new Map(),
    };
  },
  inference: (trained) => ({
    encoder: { kind: 'gated' },
    weights: kept(trained, ['W_enc', 'b_gate', 'b_mag', 'r_mag', 'W_dec', 'b_dec']),
  }),
};
