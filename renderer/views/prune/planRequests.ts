/** What is asked of the engine: a plan as the settings say, and the file of the plan at the slider's place. */
import type { RequestOf } from '../../../engine/results/contract.ts';
import type { PlanBasis } from '../../../engine/results/planBasis.ts';
import type { PruneBudget } from '../../../engine/results/prunePlan.ts';
import type { Prepared, Scene } from './scene.ts';

type PlanRequest = RequestOf<'prunePlan'>;

export function planRequest({ on, basis }: Prepared, budget: PruneBudget, draws: number): PlanRequest {
  const { task: _task, metric: _metric, ...rest } = on;
  return { ...rest, ...basis, budget, draws };
}

/** The first `heads` query heads' worth of the order, chosen already: measured beside random plans for heads.json. */
export function planFileRequest(
  { task: _task, metric: _metric, order, ...scene }: Scene,
  basis: PlanBasis,
  { heads, draws }: { readonly heads: number; readonly draws: number },
): PlanRequest {
  return { ...scene, ...basis, order, budget: { kind: 'heads', atMost: heads }, draws };
}
