/** Keys other than the first that most queries attend to: hidden sinks (Yu et al. 2024, arXiv 2406.15765). */
import type { Columns, Counted, ScorePrompt } from './headScore.ts';
import { laterQueries } from './laterQueries.ts';

/** A key is a sink where the queries that see it give it more than this on average. */
const LEAST_MEAN = 0.1;
/**
 * Queries that have to see it. A head that attends to each token once, such as to the token before, gives a column 1 in all:
 * seen by fewer than 1 / LEAST_MEAN queries that would be a sink.
 */
const LEAST_SEEN = 10;

/** Every query but the first, of prompts in which at least one key beside the first is seen by enough queries. */
export function sinkQueries(prompt: ScorePrompt): readonly Counted[] {
  return prompt.ids.length > LEAST_SEEN ? laterQueries(prompt) : [];
}

export function hiddenSinkKeys({ masses, seenBy }: Columns): number[] {
  const keys: number[] = [];
  for (let key = 1; key < masses.length; key++) {
    const seen = seenBy(key);
    if (seen >= LEAST_SEEN && (masses[key] as number) / seen > LEAST_MEAN) keys.push(key);
  }
  return keys;
}

/** Mean over the queries of what they give to these keys; all of them see key 0. */
export function massOn({ masses, seenBy }: Columns, keys: readonly number[]): number {
  return keys.reduce((sum, key) => sum + (masses[key] as number), 0) / seenBy(0);
}
