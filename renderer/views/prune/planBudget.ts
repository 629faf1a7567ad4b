/** How far a plan may go, in the units of its budget. */
import type { PlanBasis } from '../../../engine/results/planBasis.ts';
import type { PruneBudget } from '../../../engine/results/prunePlan.ts';
import type { PruneModel } from './pruneModel.ts';
import type { PruneSettings } from './pruneSettings.ts';
import { perLayerOf } from '../../api/unitNumber.ts';

type Unit = 'head' | 'kv-group';
type Sizes = PruneModel['shape'];

export const budgetKinds: readonly { readonly value: PruneBudget['kind']; readonly title: string }[] = [
  { value: 'heads', title: 'Query heads' },
  { value: 'parameters', title: 'Weights' },
  { value: 'kvBytes', title: 'KV cache, bytes a token' },
  { value: 'loss', title: 'Rise of the loss' },
];

/** In a sentence, after a number. */
export const budgetWords: Readonly<Record<PruneBudget['kind'], string>> = {
  heads: 'query heads at most',
  parameters: 'weights at most',
  kvBytes: 'bytes a token at most, float32',
  loss: 'nats a token at most',
};

/** What one unit holds: query heads, weights of its projections without biases, bytes of keys and values of a token. */
export function unitSizes({ heads, kvHeads, headWidth, width }: Sizes, unit: Unit) {
  const projection = headWidth * width;
  const size = heads / kvHeads;
  // A query head has rows of W_Q and columns of W_O; a group has rows of W_K and W_V beside those of its heads.
  if (unit === 'head') return { heads: 1, parameters: 2 * projection, kvBytes: 0 };
  return { heads: size, parameters: 2 * projection * (size + 1), kvBytes: 2 * 4 * headWidth };
}

/** The amount that is set, or a quarter of the units' worth. */
export function budgetOf(
  { budget: kind, amounts }: Pick<PruneSettings, 'budget' | 'amounts'>,
  shape: Sizes,
): PruneBudget {
  const set = amounts[kind];
  if (kind === 'loss') return { kind, atMost: set ?? 0 };
  const quarter = Math.max(1, Math.floor((shape.layers * shape.kvHeads) / 4));
  return { kind, atMost: set ?? quarter * unitSizes(shape, 'kv-group')[kind] };
}

/** Units that can go within the budget, of `candidates` that may go at all: exact for heads and groups' caches, else the most. */
export function stepsWithin(budget: PruneBudget, shape: Sizes, unit: Unit, candidates: number): number {
  if (budget.kind === 'loss') return candidates;
  const each = unitSizes(shape, unit)[budget.kind];
  return each === 0 ? candidates : Math.min(candidates, Math.floor(budget.atMost / each));
}

export interface Effort {
  readonly shape: Sizes;
  readonly unit: Unit;
  readonly budget: PruneBudget;
  readonly basis: PlanBasis;
  /** Units that may go. */
  readonly candidates: number;
  readonly draws: number;
}

/** Measurements of the whole text that a plan takes at most: costs, steps and the one that no longer fits, what is measured anew, the plan and the random ones. */
export function planMeasurements({ shape, unit, budget, basis, candidates, draws }: Effort): number {
  const steps = stepsWithin(budget, shape, unit, candidates);
  const costs = basis.costs === undefined ? shape.layers * perLayerOf(shape, unit) : 0;
  const { every, share } = basis.rescore ?? { every: Infinity, share: 0 };
  const rounds = Array.from({ length: Math.floor(steps / every) }, (_, i) => candidates - (i + 1) * every);
  const anew = rounds.reduce((sum, left) => sum + 1 + Math.ceil(Math.max(0, left) * share), 0);
  return costs + steps + 1 + anew + 1 + draws;
}
