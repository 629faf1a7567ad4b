/** Short names for what a head's attention looks like, each with the number that it rests on. Behaviour, not importance. */
import type { ScoredHead, TagRule } from '../results/scores.ts';

/** In this order the first that holds is the plainest description; the others hold as well. Thresholds are ours (SPEC.md). */
export const tagRules: readonly TagRule[] = [
  { tag: 'sink', score: 'firstToken', above: 0.8 },
  { tag: 'previous', score: 'previousToken', above: 0.4 },
  { tag: 'self', score: 'currentToken', above: 0.4 },
  { tag: 'induction', score: 'induction', above: 0.4 },
  { tag: 'duplicate', score: 'duplicateToken', above: 0.4 },
  { tag: 'local', score: 'localMass', above: 0.8 },
  { tag: 'stripe', score: 'hiddenSinkMass', above: 0.4 },
  { tag: 'diffuse', score: 'relativeEntropy', above: 0.8 },
];

/** A tag and why: the mean of `score` is `value`, which is above `above`. */
export interface PatternTag extends TagRule {
  readonly value: number;
}

/** The tags that hold for a head, in the order of the rules; a rule whose score was not read can't hold. */
export function patternTags(values: ScoredHead['values'], rules: readonly TagRule[] = tagRules): readonly PatternTag[] {
  return rules.flatMap((rule) => {
    const value = values[rule.score]?.mean;
    return value !== undefined && value > rule.above ? [{ ...rule, value }] : [];
  });
}
