/** The order in which needle runs are made. */
import { seededRandom } from '../../tensor/random.ts';

/**
 * In rounds that have every needle once, its lengths and depths in a random order: the first runs then say something of all
 * needles, and a run that ends early is no sample of one end of the grid. Runs without a needle keep their place.
 */
export function inRounds<R extends { readonly needle: string | null }>(runs: readonly R[], seed: number): readonly R[] {
  const random = seededRandom(seed);
  const byNeedle = new Map<string | null, R[]>();
  for (const run of runs) byNeedle.set(run.needle, [...(byNeedle.get(run.needle) ?? []), run]);
  const queues = [...byNeedle].map(([needle, own]) => (needle === null ? own : random.shuffled(own)));
  const rounds = Math.max(0, ...queues.map(({ length }) => length));
  return Array.from({ length: rounds }, (_, round) => queues.flatMap((queue) => queue.slice(round, round + 1))).flat();
}
