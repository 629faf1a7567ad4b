/** Two dictionaries held against each other: pairs, and the features of each that nothing in the other is like. */
import type { ResultOf } from '../../../engine/results/contract.ts';

export type Matching = ResultOf<'matchDictionaries'>;

/** [F] share of the rows where a feature is active; null where it is not known. */
export type Density = ArrayLike<number> | null;

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

export interface Comparison {
  /** Nearest first, those that count as no match too. */
  readonly pairs: readonly MatchedPair[];
  /** Of the cosines, and the share of the features of the smaller dictionary that count as matched. */
  readonly mean: number;
  readonly share: number;
  /** Nearest first. */
  readonly matched: readonly MatchedPair[];
  /** Those without a partner, or with one that is not like them; least like first. */
  readonly onlyA: readonly UnmatchedFeature[];
  readonly onlyB: readonly UnmatchedFeature[];
  /** Pairs of which neither feature was ever active; null where that is not known. */
  readonly silentPairs: number | null;
}

export interface Densities {
  readonly a: Density;
  readonly b: Density;
}

/** Without those that were never active: pairs where neither was, and of the rest each that was not. */
export function comparisonOf(matching: Matching, densities: Densities, leavesSilentOut: boolean): Comparison {
  const all = pairsOf(matching);
  const isSilent = ({ a, b }: MatchedPair) => densities.a?.[a] === 0 && densities.b?.[b] === 0;
  const silentPairs = densities.a === null || densities.b === null ? null : all.filter(isSilent).length;
  const pairs = leavesSilentOut ? all.filter((pair) => !isSilent(pair)) : all;
  const matched = pairs.filter(({ cosine }) => cosine >= MATCHES);
  const { nearestOfA, nearestOfB } = matching;
  const smaller = Math.min(nearestOfA.length, nearestOfB.length) - (all.length - pairs.length);
  const only = (nearest: Float32Array, side: 'a' | 'b') =>
    unmatchedOf(nearest, new Set(all.filter(({ cosine }) => cosine >= MATCHES).map((pair) => pair[side]))).filter(
      ({ feature }) => !leavesSilentOut || densities[side]?.[feature] !== 0,
    );
  return {
    ...{ pairs, matched, silentPairs, onlyA: only(nearestOfA, 'a'), onlyB: only(nearestOfB, 'b') },
    mean: pairs.reduce((sum, { cosine }) => sum + cosine, 0) / pairs.length,
    share: matched.length / smaller,
  };
}

function pairsOf({ a, b, cosine }: Matching): readonly MatchedPair[] {
  return Array.from(cosine, (value, i) => ({ a: a[i] ?? 0, b: b[i] ?? 0, cosine: value })).sort(
    (x, y) => y.cosine - x.cosine,
  );
}

function unmatchedOf(nearest: Float32Array, matched: ReadonlySet<number>): readonly UnmatchedFeature[] {
  return Array.from(nearest, (value, feature) => ({ feature, nearest: value }))
    .filter(({ feature }) => !matched.has(feature))
    .sort((x, y) => x.nearest - y.nearest);
}
