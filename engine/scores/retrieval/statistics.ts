/**
 * Means over runs with errors clustered by needle: the text of the needle varies scores more than lengths and depths do, so
 * whole needles are drawn with replacement (cluster bootstrap, Cameron, Gelbach and Miller 2008).
 */
import type { Random } from '../../tensor/random.ts';
import { seededRandom } from '../../tensor/random.ts';
import type { Summary } from '../../terms/summary.ts';

/** One run's score of every head. */
export interface ScoredRun {
  /** Runs of one needle are a cluster; null: a cluster of its own. */
  readonly needle: string | null;
  /** [L N] */
  readonly values: ArrayLike<number>;
}

export interface HeadStatistics extends Summary {
  /** Share of runs with a score above 0. */
  readonly active: number;
}

export interface Stability {
  /** How many heads are the top: ten, or as many as have a mean above 0. */
  readonly top: number;
  /** Mean share of the top that is the top of a resample too. */
  readonly overlap: number;
}

const resamples = 1000;
const rankResamples = 200;

/** One for each head; n is the number of runs. Throws RangeError for no runs. */
export function headStatistics(runs: readonly ScoredRun[], seed: number): readonly HeadStatistics[] {
  const clusters = clustersOf(runs);
  const means = resampledMeans(clusters, resamples, seed);
  const whole = meansOf(clusters, new Float64Array(clusters.length).fill(1));
  return Array.from(whole, (mean, head) => {
    const column = Float64Array.from(means, (row) => row[head] as number).sort();
    const active = runs.filter(({ values }) => (values[head] as number) > 0).length / runs.length;
    if (clusters.length === 1) return { mean, standardError: 0, interval: [mean, mean], n: runs.length, active };
    return { mean, standardError: deviation(column), interval: percentiles(column), n: runs.length, active };
  });
}

/** Null where no head has a mean above 0, or where there is nothing to resample. */
export function topStability(runs: readonly ScoredRun[], seed: number): Stability | null {
  if (runs.length < 2) return null;
  const clusters = clustersOf(runs);
  const whole = meansOf(clusters, new Float64Array(clusters.length).fill(1));
  const top = Math.min(10, whole.filter((mean) => mean > 0).length);
  if (top === 0) return null;
  const best = new Set(topHeads(whole, top));
  const shares = resampledMeans(clusters, rankResamples, seed).map(
    (means) => topHeads(means, top).filter((head) => best.has(head)).length / top,
  );
  return { top, overlap: shares.reduce((sum, share) => sum + share, 0) / shares.length };
}

/** Highest first; of equal ones the earlier. */
export function topHeads(means: Float64Array, count: number): number[] {
  const order = Array.from(means.keys()).sort((a, b) => (means[b] as number) - (means[a] as number) || a - b);
  return order.slice(0, count);
}

interface Cluster {
  /** [L N] */
  readonly sums: Float64Array;
  readonly runs: number;
}

/** Runs of one needle alone are clusters each: there is no other needle to compare with. */
function clustersOf(runs: readonly ScoredRun[]): readonly Cluster[] {
  const [first] = runs;
  if (first === undefined) throw new RangeError('statistics: expected at least one run');
  const named = new Set(runs.map(({ needle }) => needle));
  const groups = new Map<string, ScoredRun[]>();
  for (const [i, run] of runs.entries()) {
    const key = run.needle === null || named.size === 1 ? `run ${i}` : `needle ${run.needle}`;
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  return [...groups.values()].map((group) => ({ sums: sumOf(group, first.values.length), runs: group.length }));
}

function sumOf(runs: readonly ScoredRun[], heads: number): Float64Array {
  const sums = new Float64Array(heads);
  for (const { values } of runs) for (let i = 0; i < heads; i++) sums[i] = (sums[i] as number) + (values[i] as number);
  return sums;
}

function resampledMeans(clusters: readonly Cluster[], count: number, seed: number): readonly Float64Array[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => meansOf(clusters, drawWeights(clusters.length, random)));
}

/** How often each cluster was drawn. */
function drawWeights(clusters: number, random: Random): Float64Array {
  const weights = new Float64Array(clusters);
  for (let i = 0; i < clusters; i++) {
    const drawn = random.below(clusters);
    weights[drawn] = (weights[drawn] as number) + 1;
  }
  return weights;
}

/** sum_c w_c sum_c / sum_c w_c n_c */
function meansOf(clusters: readonly Cluster[], weights: Float64Array): Float64Array {
  const means = new Float64Array(clusters[0]?.sums.length ?? 0);
  let runs = 0;
  for (const [c, cluster] of clusters.entries()) {
    const weight = weights[c] as number;
    if (weight === 0) continue;
    runs += weight * cluster.runs;
    for (let i = 0; i < means.length; i++) means[i] = (means[i] as number) + weight * (cluster.sums[i] as number);
  }
  return means.map((sum) => sum / runs);
}

function deviation(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}

/** 2.5 % and 97.5 % of sorted values. */
function percentiles(sorted: Float64Array): readonly [low: number, high: number] {
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] as number;
  return [at(0.025), at(0.975)];
}
