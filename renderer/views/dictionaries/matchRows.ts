/** Two dictionaries held against each other: pairs, and the features of each that nothing in the other is like. */
import type { ResultOf } from '../../../engine/results/contract.ts';

export type Matching = ResultOf<'matchDictionaries'>;

export interface MatchedPair {
  readonly a: number;
  readonly b: number;
  readonly cosine: number;
}

export interface UnmatchedFeature {
  readonly feature: number;
  /** Cosine with the nearest of the other. */
  readonly nearest: number;
}

/** Below it a pair counts as no match: the share that the call states counts from there. */
export const MATCHES = 0.7;

/** Nearest first. */
export function matchedPairs({ a, b, cosine }: Matching): readonly MatchedPair[] {
  return Array.from(cosine, (value, i) => ({ a: a[i] ?? 0, b: b[i] ?? 0, cosine: value }))
    .filter((pair) => pair.cosine >= MATCHES)
    .sort((x, y) => y.cosine - x.cosine);
}

/** Those without a partner, or with one that is not like them; least like first. */
export function unmatchedOf(matching: Matching, side: 'a' | 'b'): readonly UnmatchedFeature[] {
  const matched = new Set(matchedPairs(matching).map((pair) => pair[side]));
  const nearest = side === 'a' ? matching.nearestOfA : matching.nearestOfB;
  return Array.from(nearest, (value, feature) => ({ feature, nearest: value }))
    .filter(({ feature }) => !matched.has(feature))
    .sort((x, y) => x.nearest - y.nearest);
}
