/** The same tokens in another order: what stays of a pattern is due to position (SPEC.md S19). */
import { seededRandom } from '../tensor/random.ts';
import type { Counted, ScorePrompt } from './headScore.ts';
import { laterQueries } from './laterQueries.ts';

/** Shorter prompts have hardly another order. */
const LEAST_TOKENS = 4;

export function reorderedQueries(prompt: ScorePrompt): readonly Counted[] {
  return prompt.ids.length < LEAST_TOKENS ? [] : laterQueries(prompt);
}

/** BOS in front stays there. The order depends on the seed and the prompt alone, so that it is the same in any batch. */
export function reordered({ ids, bosId }: ScorePrompt, seed: number): readonly number[] {
  const kept = ids[0] === bosId ? 1 : 0;
  const own = ids.reduce((sum, id) => sum + id, seed);
  return [...ids.slice(0, kept), ...seededRandom(own).shuffled(ids.slice(kept))];
}
