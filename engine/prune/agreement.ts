/** How far criteria agree about the same units. Every list of values has one unit after the other, more is more important. */
import { averageRanks, spearman } from '../tasks/statistics.ts';

export interface CriterionValues {
  readonly id: string;
  readonly values: readonly number[];
}

export interface CriterionPair {
  readonly a: string;
  readonly b: string;
  /** Null where one of them says the same of every unit. */
  readonly spearman: number | null;
  readonly kendall: number | null;
  /** Of the k most, and of the k least important of each, the share that both have. */
  readonly overlap: readonly { readonly k: number; readonly most: number; readonly least: number }[];
  /** Units by their number whose ranks differ most; rank 1 is the most important, ties at the mean of theirs. */
  readonly furthest: readonly { readonly unit: number; readonly rankA: number; readonly rankB: number }[];
}

/** Mean rank of each layer's units, as a share: 1 is the most important of all, 0 the least. */
export interface LayerProfile {
  readonly id: string;
  readonly byLayer: readonly number[];
}

/** Every pair, in the order in which they came; `shares` of the units are the ks. */
export function criterionPairs(
  all: readonly CriterionValues[],
  { shares, furthest }: { readonly shares: readonly number[]; readonly furthest: number },
): CriterionPair[] {
  return all.flatMap((a, i) => all.slice(i + 1).map((b) => pairOf(a, b, shares, furthest)));
}

function pairOf(a: CriterionValues, b: CriterionValues, shares: readonly number[], most: number): CriterionPair {
  const { length } = a.values;
  const ks = [...new Set(shares.map((share) => Math.max(1, Math.round(share * length))))];
  return {
    ...{ a: a.id, b: b.id },
    spearman: spearman(a.values, b.values),
    kendall: kendall(a.values, b.values),
    overlap: ks.map((k) => ({ k, ...overlap(a.values, b.values, k) })),
    furthest: furthestApart(a.values, b.values, most),
  };
}

/**
 * Kendall's tau-b (1945): (concordant - discordant) / sqrt((n0 - ties in x)(n0 - ties in y)), n0 = n (n - 1) / 2; null where
 * either has only one value. Throws RangeError for lists of unequal length.
 */
export function kendall(x: readonly number[], y: readonly number[]): number | null {
  if (x.length !== y.length) throw new RangeError(`kendall: expected ${x.length} values, got ${y.length}`);
  let [score, pairsX, pairsY] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    for (let j = 0; j < i; j++) {
      const dx = Math.sign((x[i] as number) - (x[j] as number));
      const dy = Math.sign((y[i] as number) - (y[j] as number));
      score += dx * dy;
      pairsX += Math.abs(dx);
      pairsY += Math.abs(dy);
    }
  }
  return pairsX === 0 || pairsY === 0 ? null : score / Math.sqrt(pairsX * pairsY);
}

/** Shares of the k most and of the k least important that both lists have; ties go to the earlier unit. */
export function overlap(x: readonly number[], y: readonly number[], k: number): { most: number; least: number } {
  const [first, second] = [byImportance(x), byImportance(y)];
  const common = (a: readonly number[], b: readonly number[]) => a.filter((unit) => b.includes(unit)).length / k;
  return { most: common(first.slice(0, k), second.slice(0, k)), least: common(first.slice(-k), second.slice(-k)) };
}

function byImportance(values: readonly number[]): number[] {
  return values.map((_, unit) => unit).sort((a, b) => (values[b] as number) - (values[a] as number) || a - b);
}

/** 1 for the most important; equal values share the mean of the ranks that they take up. */
export function ranksOf(values: readonly number[]): number[] {
  return averageRanks(values.map((value) => -value));
}

function furthestApart(x: readonly number[], y: readonly number[], most: number): CriterionPair['furthest'] {
  const [a, b] = [ranksOf(x), ranksOf(y)];
  return x
    .map((_, unit) => ({ unit, rankA: a[unit] ?? NaN, rankB: b[unit] ?? NaN }))
    .sort((p, q) => Math.abs(q.rankA - q.rankB) - Math.abs(p.rankA - p.rankB) || p.unit - q.unit)
    .slice(0, most);
}

/** `perLayer` units in every layer. */
export function layerProfile({ id, values }: CriterionValues, perLayer: number): LayerProfile {
  const shares = ranksOf(values).map((rank) =>
    values.length === 1 ? 1 : (values.length - rank) / (values.length - 1),
  );
  const layers = Math.ceil(values.length / perLayer);
  const meanOf = (layer: number) => {
    const own = shares.slice(layer * perLayer, (layer + 1) * perLayer);
    return own.reduce((sum, share) => sum + share, 0) / own.length;
  };
  return { id, byLayer: Array.from({ length: layers }, (_, layer) => meanOf(layer)) };
}
