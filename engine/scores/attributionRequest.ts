/** What an attribution is asked, and what it is about. */
import type { MetricId, Prompt } from '../tasks/task.ts';
import type { Site } from '../terms/sites.ts';

export type AttributionMethod = 'atp' | 'taylor' | 'gradxact' | 'integrated';
export type AttributionSite = Extract<Site, 'z' | 'headWrite' | 'mlpOut' | 'residPre' | 'q' | 'k' | 'v'>;

export interface AttributionRequest {
  readonly prompts: readonly Prompt[];
  /** `rank` is refused: it has no gradient. */
  readonly metric: MetricId;
  readonly method: AttributionMethod;
  /** Units: query heads (z, headWrite, q), key-value heads (k, v), layers (mlpOut, residPre). */
  readonly sites: readonly AttributionSite[];
  /** m of `integrated`. */
  readonly steps: number;
  /** AtP*: q and k nodes go through the softmax instead of its gradient (Kramar et al. 2024, section 3.1.1); only with atp. */
  readonly qkCorrection: boolean;
  /**
   * AtP*: the mean magnitude over gradients that pass one layer each by (Kramar et al. 2024, section 3.1.2); only with atp.
   * A magnitude.
   */
  readonly gradDrop: boolean;
  /** Where taylor takes its magnitude: of each prompt's derivative, or of each token's, summed over tokens. */
  readonly granularity: 'token' | 'example';
  /** Of the bootstrap. */
  readonly seed: number;
  readonly signal?: AbortSignal;
}

/** One unit at one site. */
export interface AttributedUnit {
  readonly site: AttributionSite;
  readonly layer: number;
  readonly head?: number;
  readonly kvGroup?: number;
}
