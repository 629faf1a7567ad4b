/** What every measure of a dictionary states about itself, and what it is given. */
import type { Codes } from '../codes.ts';
import type { Dictionary } from '../dictionary.ts';
import type { Rows } from '../rows.ts';

/** A dictionary on rows that it was not trained on. */
export interface MeasureInput {
  readonly dictionary: Dictionary;
  readonly rows: Rows;
  readonly codes: Codes;
  /** x^ as rows of the model. */
  readonly reconstruction: Rows;
}

export interface MeasureFacts {
  readonly id: string;
  readonly title: string;
  /** The formula. */
  readonly formula: string;
  /** How it misleads. */
  readonly pitfall: string;
}

export interface Measure<Result> extends MeasureFacts {
  measure(input: MeasureInput): Result;
}

/** [F] rows on which each feature is active. */
export function activeCounts({ features, indices }: Codes): Float64Array {
  const counts = new Float64Array(features);
  indices.forEach((feature) => (counts[feature] = (counts[feature] as number) + 1));
  return counts;
}
