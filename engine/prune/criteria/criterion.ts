/** What a criterion of importance says of itself, and what it is computed from. */
import type { ModelShape } from '../../arch/architecture.ts';
import type { MetricFamily } from '../../terms/metricFamilies.ts';
import type { Summary } from '../../terms/summary.ts';
import type { GateSums } from '../importance/gates.ts';
import type { ObservedLayer } from '../importance/observe.ts';
import type { ImportanceUnit } from '../importance/units.ts';
import type { LayerWeights } from '../importance/weightSums.ts';
import type { ReplacedBy } from '../importance/windowRuns.ts';

/** Where a magnitude is taken: of each token's derivative, of each window's, or of the whole text's. */
export type AbsGranularity = 'token' | 'example' | 'batch';

export interface CriterionFacts {
  readonly id: string;
  readonly title: string;
  /** Number of its rule in engine/prune/SPEC.md. */
  readonly rule: string;
  /** What kind of number it is: only what removes something is causal. */
  readonly family: MetricFamily;
  readonly formula: string;
  readonly source: string;
  /** Of its values: `nats a token`. */
  readonly unit: string;
  /** Units that it is defined for. */
  readonly units: readonly ImportanceUnit[];
  /** Values below 0 mean something. */
  readonly signed: boolean;
}

/** One layer of the text's pass. */
export interface ObservedScene {
  readonly unit: ImportanceUnit;
  readonly shape: ModelShape;
  readonly layer: ObservedLayer;
  readonly weights: LayerWeights;
}

/** What one unit's absence does to the text. */
export interface Ablated {
  /** Loss without it minus loss with it, nats a token. */
  readonly change: Summary;
  /** KL(full || without), nats a token. */
  readonly kl: Summary;
}

/** In each of them more is more important. */
export type Criterion = CriterionFacts &
  (
    | { readonly kind: 'observed'; of(scene: ObservedScene): readonly number[] }
    | { readonly kind: 'gates'; readonly takesMagnitude: boolean; of(sums: GateSums, at: AbsGranularity): number }
    | { readonly kind: 'ablated'; readonly by: ReplacedBy; of(ablated: Ablated): Summary }
    | { readonly kind: 'shapley' }
    | { readonly kind: 'random' }
  );

export const everyUnit: readonly ImportanceUnit[] = ['head', 'kv-group', 'layer', 'mlp'];
