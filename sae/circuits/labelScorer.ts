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

/** Differences below this share of the numbers are what rounding leaves of equal ones. */
const rounding = 1e-9;

/**
 * z = (score - mean) / standard deviation, of each head against its scores [N] under shuffled labels. A score that grows with the
 * number of codes or prompts by itself does so under shuffled labels too. Where n shuffles all give the same and the labels as
 * they are do not (two codes that part the classes), the labels count as one more shuffle, for there is no other spread: then z
 * is n / sqrt(n + 1), of either sign.
 */
export function zScores(scores: Float64Array, shuffled: readonly Float64Array[]): Float64Array {
  return scores.map((score, head) => {
    const others = shuffled.map((each) => each[head] as number);
    const n = others.length;
    const mean = others.reduce((sum, value) => sum + value, 0) / n;
    const least = rounding * Math.max(Math.abs(score), Math.abs(mean));
    if (Math.abs(score - mean) <= least) return 0;
    const deviation = Math.sqrt(others.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, n - 1));
    return deviation > least ? (score - mean) / deviation : (Math.sign(score - mean) * n) / Math.sqrt(n + 1);
  });
}
