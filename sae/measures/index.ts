/** Measures of one dictionary on rows. Of two dictionaries: `stability`; where the truth is known: `splitting`. */
import type { ActiveFeatures } from './activeFeatures.ts';
import { activeFeatures } from './activeFeatures.ts';
import { attributeAxesFacts } from './attributeAxes.ts';
import type { Coherence } from './coherence.ts';
import { coherence } from './coherence.ts';
import type { DeadAndDense } from './deadAndDense.ts';
import { deadAndDense } from './deadAndDense.ts';
import type { DensityHistogram } from './densityHistogram.ts';
import { densityHistogram } from './densityHistogram.ts';
import { effectiveRankFacts } from './effectiveRank.ts';
import { lossRecoveredFacts } from './lossRecovered.ts';
import type { MeasureFacts, MeasureInput } from './measure.ts';
import { sparseProbingFacts } from './sparseProbing.ts';
import type { UnexplainedVariance } from './unexplainedVariance.ts';
import { unexplainedVariance } from './unexplainedVariance.ts';

export const measures = { unexplainedVariance, activeFeatures, deadAndDense, densityHistogram, coherence } as const;

export interface Measures {
  readonly unexplainedVariance: UnexplainedVariance;
  readonly activeFeatures: ActiveFeatures;
  readonly deadAndDense: DeadAndDense;
  readonly densityHistogram: DensityHistogram;
  readonly coherence: Coherence;
}

/** What is said of each, those that need the model or known attributes too. */
export const measureFacts: readonly MeasureFacts[] = [
  ...Object.values(measures),
  effectiveRankFacts,
  lossRecoveredFacts,
  sparseProbingFacts,
  attributeAxesFacts,
];

/** All of them. */
export function measured(input: MeasureInput): Measures {
  return {
    unexplainedVariance: unexplainedVariance.measure(input),
    activeFeatures: activeFeatures.measure(input),
    deadAndDense: deadAndDense.measure(input),
    densityHistogram: densityHistogram.measure(input),
    coherence: coherence.measure(input),
  };
}
