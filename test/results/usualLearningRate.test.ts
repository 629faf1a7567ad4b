import { describe, expect, it } from 'vitest';
import { usualLearningRate } from '../../engine/results/usualLearningRate.ts';

describe('the usual learning rate', () => {
  it('is the literature’s in long trainings, more in short ones, less of large dictionaries', () => {
    expect(usualLearningRate({ features: 2 ** 14, steps: 100_000 })).toBe(2e-4);
    expect(usualLearningRate({ features: 2 ** 14, steps: 10_000_000 })).toBe(2e-4);
    expect(usualLearningRate({ features: 2 ** 12, steps: 100_000 })).toBe(4e-4);
    expect(usualLearningRate({ features: 2 ** 12, steps: 12_500 })).toBe(8e-4);
    expect(usualLearningRate({ features: 512, steps: 800 })).toBe(5.7e-3);
  });

  it('has an end', () => {
    expect(usualLearningRate({ features: 8, steps: 1 })).toBe(1e-2);
  });
});
