/** What kernels are told of the weights that change. */
import { isKernelNorm } from '../steps/stepMemory.ts';
import type { UpdateRule } from '../steps/stepMemory.ts';
import { planConstraints } from './constraints.ts';
import type { Plan } from './lossGraph.ts';
import { changing, planWeights } from './lossGraph.ts';

/** RangeError for a constraint that the kernels do not know. */
export function updateRules(plan: Plan): UpdateRule[] {
  const constraints = planConstraints(plan);
  const trained = changing(plan);
  return planWeights(plan)
    .filter(({ name }) => trained.includes(name))
    .map(({ name, axes }) => {
      const norm = constraints.get(name)?.constraint ?? 'free';
      if (!isKernelNorm(norm)) throw new RangeError(`update: no kernel holds ${name} to a ${norm}`);
      // Matrices decay, biases and thresholds don't.
      return { name, norm, decays: axes.includes(' ') };
    });
}
