import type { HeadScore, Reading, ScorePrompt } from './headScore.ts';

/** Keys that are near: the query itself and the 31 before it. */
const WINDOW = 32;

/** Attention that stays near. */
export const localMass: HeadScore = {
  id: 'localMass',
  title: 'Local mass',
  rule: 'S15',
  about: 'attention from each token to itself and the 31 tokens before it',
  formula: 'mean over q >= 32 of sum over k from q - 31 to q of A[q, k]',
  source: 'Xiao et al. 2023, arXiv 2309.17453, the recent window of StreamingLLM, here of 32 keys',
  unit: 'share',
  range: [0, 1],
  counts: 'queries that have more than 32 tokens to look at: those from position 32 on',
  reading: 'mass',
  predicts: false,
  select: nearKeys,
};

function nearKeys({ ids }: ScorePrompt): readonly Reading[] {
  const positions = Int32Array.from(ids.keys());
  return ids.slice(WINDOW).map((_, i) => ({ query: i + WINDOW, keys: positions.subarray(i + 1, i + 1 + WINDOW) }));
}
