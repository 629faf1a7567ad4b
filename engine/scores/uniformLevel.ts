import type { HeadScore, ScorePrompt } from './headScore.ts';

/**
 * What a head that attends to all visible keys alike (no window) has on a prompt with a query that counts; null for what a
 * head writes, which depends on its weights too.
 */
export function uniformLevel(score: HeadScore, prompt: ScorePrompt, causal: boolean): number | null {
  const visible = (query: number) => (causal ? query + 1 : prompt.ids.length);
  switch (score.reading) {
    case 'mass':
    case 'top':
      return meanOf(score.select(prompt).map(({ query, keys }) => keys.length / visible(query)));
    case 'row':
      return meanOf(score.select(prompt).map(({ query }) => score.ofUniform(query, visible(query))));
    case 'write':
      return null;
  }
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
