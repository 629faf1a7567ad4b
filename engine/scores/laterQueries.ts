import type { Counted, ScorePrompt } from './headScore.ts';

/** Every query but the first, which in a causal model sees only itself: there, all heads have the same pattern. */
export function laterQueries({ ids }: ScorePrompt): readonly Counted[] {
  return ids.slice(1).map((_, i) => ({ query: i + 1 }));
}
