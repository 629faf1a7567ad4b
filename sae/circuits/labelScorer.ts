/** A score of every head that depends on which prompts are called positive. */
import type { Random } from '../../engine/tensor/random.ts';
import type { Pace } from './pace.ts';

/** Labels [E] of each labelling -> scores [N] of each. Advances by as many pieces as its maker says. */
export type LabelScorer = (labellings: readonly Uint8Array[], pace: Pace) => Promise<readonly Float64Array[]>;

/** The labels as they are, then shuffled so many times: as many are positive in each. */
export function labellingsOf(labels: Uint8Array, permutations: number, random: Random): readonly Uint8Array[] {
  const shuffled = Array.from({ length: permutations }, () => Uint8Array.from(random.shuffled([...labels])));
  return [labels, ...shuffled];
}

/**
 * z = (score - mean) / standard deviation, of each head against its scores [N] under shuffled labels; 0 where these are all
 * the same. A score that grows with the number of codes or prompts by itself does so under shuffled labels too.
 */
export function zScores(scores: Float64Array, shuffled: readonly Float64Array[]): Float64Array {
  return scores.map((score, head) => {
    const others = shuffled.map((each) => each[head] as number);
    const mean = others.reduce((sum, value) => sum + value, 0) / others.length;
    const square = others.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (others.length - 1);
    return square > 0 ? (score - mean) / Math.sqrt(square) : 0;
  });
}
