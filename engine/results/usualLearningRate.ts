/** The learning rate that a training of dictionaries begins from unless another is asked for: for the command line and the window alike. */

interface Trained {
  /** F */
  readonly features: number;
  /** Of the training. */
  readonly steps: number;
}

/** Of a training of this many steps and more the rate is the literature's. */
const longTraining = 100_000;
const highest = 1e-2;

/**
 * 2e-4 sqrt(2^14 / F) (100,000 / steps)^(1/3), at most 1e-2, to two digits. The first factors are the rule of dictionary_learning
 * and sparsify (Gao et al. 2024's scaling), made for trainings of 10^5 steps; the last is measured on short ones
 * (docs/findings/dictionaries-on-heads.md).
 */
export function usualLearningRate({ features, steps }: Trained): number {
  const long = 2e-4 * Math.sqrt(2 ** 14 / features);
  const rate = long * Math.cbrt(longTraining / Math.min(longTraining, steps));
  return Number(Math.min(highest, rate).toPrecision(2));
}
