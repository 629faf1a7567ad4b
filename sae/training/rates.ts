/** What changes from step to step by plan: the learning rate and the weight of sparsity. */
import { learningRate } from '../../engine/train/schedule.ts';
import type { DictionaryState } from './dictionaryState.ts';
import type { Plan } from './lossGraph.ts';
import type { TrainingSettings } from './trainingSettings.ts';

/**
 * The schedule's rate at step t (counted from 0). In the `recovery` steps after features were resampled it is multiplied
 * with 0.1 + 0.9 (1 - cos(pi u)) / 2, u from 0 to 1 (Kissane et al. 2024's code).
 */
export function learningRateAt(
  { rate, steps, dead }: TrainingSettings,
  { step, resampledAt }: Pick<DictionaryState, 'step' | 'resampledAt'>,
): number {
  const planned = learningRate(rate, step, steps);
  const recovery = dead.resampling?.recovery ?? 0;
  if (resampledAt === null || recovery === 0 || step - resampledAt >= recovery) return planned;
  const u = (step - resampledAt) / recovery;
  return planned * (0.1 + (0.9 * (1 - Math.cos(Math.PI * u))) / 2);
}

/** lambda min(1, (t + 1) / warm-up), t counted from 0; 0 where the variant has no setting `sparsity`. */
export function sparsityAt({ settings, training }: Plan, step: number): number {
  const { sparsity } = settings;
  if (typeof sparsity !== 'number') return 0;
  const { sparsityWarmup } = training;
  return sparsityWarmup === 0 ? sparsity : sparsity * Math.min(1, (step + 1) / sparsityWarmup);
}
