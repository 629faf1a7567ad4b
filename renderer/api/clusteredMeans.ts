/**
 * Means over runs while they come. Runs of one needle are alike, so the error of a mean is that of whole needles: with
 * residuals e of G needles
 *
 *     SE² = G / (G − 1) Σ_g (Σ_{i in g} e_i)² / n²
 *
 * (Liang and Zeger 1986). A run that has ended has the engine's bootstrap over needles instead.
 */

/** A run's number of every head. */
export interface ClusteredRun {
  /** Null: a cluster of its own. */
  readonly cluster: string | null;
  readonly values: readonly number[];
}

export interface ClusteredMean {
  readonly mean: number;
  /** NaN where there is one cluster only. */
  readonly interval: readonly [low: number, high: number];
  readonly n: number;
  /** Share of runs above 0. */
  readonly active: number;
}

/** Of the value at `index`; there must be a run. */
export function clusteredMean(runs: readonly ClusteredRun[], index: number): ClusteredMean {
  const n = runs.length;
  const at = ({ values }: ClusteredRun) => values[index] ?? NaN;
  const mean = runs.reduce((sum, run) => sum + at(run), 0) / n;
  const half =
    1.96 *
    standardError(
      residualsByCluster(runs, (run) => at(run) - mean),
      n,
    );
  const active = runs.filter((run) => at(run) > 0).length / n;
  return { mean, interval: [mean - half, mean + half], n, active };
}

/** Of one needle alone each run is a cluster: there is no other needle to compare with. */
function residualsByCluster(runs: readonly ClusteredRun[], residual: (run: ClusteredRun) => number): readonly number[] {
  const named = new Set(runs.map(({ cluster }) => cluster));
  const sums = new Map<string, number>();
  for (const [i, run] of runs.entries()) {
    const key = run.cluster === null || named.size === 1 ? `run ${i}` : `needle ${run.cluster}`;
    sums.set(key, (sums.get(key) ?? 0) + residual(run));
  }
  return [...sums.values()];
}

function standardError(sums: readonly number[], n: number): number {
  const clusters = sums.length;
  if (clusters < 2) return NaN;
  const squares = sums.reduce((total, sum) => total + sum * sum, 0);
  return Math.sqrt(((clusters / (clusters - 1)) * squares) / (n * n));
}
