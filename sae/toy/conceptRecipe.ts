/** How the authors' repository of the MP-SAE paper trains on the toy tree. */
import type { TrainingSettings } from '../training/trainingSettings.ts';

/** Of matching pursuit: a row stops when its residual is this short, or when a feature was picked again. */
export const conceptPursuit = { steps: 20, residualThreshold: 0.05, stopsOnRepeat: true } as const;

/** Adam at 3e-2 over batches of 200: up over 100 steps, flat, and over the last fifth down to a tenth. Rows free, no bias. */
export const conceptRecipe = {
  rows: 200,
  rate: { kind: 'linear', peak: 3e-2, warmup: 100, floor: 0.1, hold: 0.8 },
  constraint: 'free',
  frozen: ['b_dec'],
  optimiser: { betas: [0.5, 0.9375], epsilon: 1e-8, weightDecay: 0, clip: 1 },
  start: { decoderNorm: 1, centre: 'zero', subspace: null },
} as const satisfies Partial<TrainingSettings>;
