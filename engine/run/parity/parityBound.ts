import type { Site } from '../../terms/sites.ts';
import type { WeightMode } from '../weightStore.ts';

/** Fewer weights than this, and a model is as small as the golden checkpoints, whose values are all near 1. */
const TINY = 100_000;

export interface BoundedModel {
  readonly parameters: number;
  readonly weights: WeightMode;
}

/** The largest absolute difference at a site of this magnitude that is rounding: tighter than what any wrong operation leaves. */
export function parityBound(site: Site, magnitude: number, { parameters, weights }: BoundedModel): number {
  if (parameters < TINY) return 1e-4;
  if (site === 'logits') return 1e-3;
  if (site === 'pattern') return 1e-4;
  // Kept quantised, products are summed block by block: in another order, and scaled afterwards.
  return (weights === 'quantised' ? 1e-4 : 1e-5) * magnitude;
}
