/** The steps of an attribution as a tree: a feature, what it is split into, and what those features are split into in turn. */
import type { FeatureAttribution } from '../../../engine/results/dictionaryFeatures.ts';

type Step = NonNullable<FeatureAttribution['steps']>[number];
type StepFeature = Step['features'][number];

/** bias + features + smaller + rest = value */
export interface StepSplit extends Pick<Step, 'value' | 'bias' | 'smaller' | 'rest' | 'difference'> {
  readonly features: readonly SplitFeature[];
}

export interface SplitFeature extends StepFeature {
  /** Null: it was not gone back to. */
  readonly split: StepSplit | null;
}

/** Null where there are no steps. */
export function stepTree(steps: readonly Step[]): StepSplit | null {
  const [first] = steps;
  return first === undefined ? null : splitOf(steps, first, 0);
}

function splitOf(steps: readonly Step[], step: Step, at: number): StepSplit {
  const { value, bias, smaller, rest, difference } = step;
  const features = step.features.map((feature): SplitFeature => {
    const next = steps.findIndex((one) => one.from === at && isSame(one, feature));
    const found = steps[next];
    return { ...feature, split: found === undefined ? null : splitOf(steps, found, next) };
  });
  return { value, bias, smaller, rest, difference, features };
}

function isSame(a: StepFeature, b: StepFeature): boolean {
  return a.dictionary === b.dictionary && a.feature === b.feature && a.position === b.position && a.value === b.value;
}

/** What adds up to its value, in words; without features where none are listed, and where none are smaller. */
export function sumTerms(split: StepSplit): readonly (readonly [string, number])[] {
  const { features, smaller, bias, rest } = split;
  const listed = features.reduce((sum, { value }) => sum + value, 0);
  return [
    ...(features.length === 0 ? [] : [['features', listed] as const]),
    ...(hasSmaller(split) ? [['smaller', smaller] as const] : []),
    ['biases', bias],
    ['no feature', rest],
  ];
}

/** More than rounding leaves? */
export function hasSmaller({ smaller, difference }: StepSplit): boolean {
  return Math.abs(smaller) > difference;
}

/** Features of all steps. */
export function featureCount({ features }: StepSplit): number {
  return features.reduce((sum, { split }) => sum + 1 + (split === null ? 0 : featureCount(split)), 0);
}

/** Largest size of any part, for a scale that all bars share. */
export function largestPart({ bias, smaller, rest, features }: StepSplit): number {
  const own = [bias, smaller, rest, ...features.map(({ value }) => value)].map(Math.abs);
  return Math.max(...own, ...features.map(({ split }) => (split === null ? 0 : largestPart(split))));
}
