/** What may be done to scores last: the published softmax, which changes no order, but for what it rounds to 0. */
import type { ValuesOf } from '../../engine/terms/settings.ts';

export const normalisationSettings = {
  rankBy: {
    kind: 'choice',
    title: 'ranked by',
    about:
      'the score, or its z against shuffled labels (200 shuffles where none are asked for), which takes away what heads with ' +
      'many codes score by themselves',
    default: 'score',
    choices: ['score', 'z'],
  },
  softmax: {
    kind: 'choice',
    title: 'softmax',
    about:
      'none: scores as they are. heads: over all heads, as published; scores far below the best become 0 and equal. layers: ' +
      'over the layers, of each head’s number by itself',
    default: 'none',
    choices: ['none', 'heads', 'layers'],
  },
} as const;

type Over = ValuesOf<typeof normalisationSettings>['softmax'];

/** Scores [N]; softmax over all, or over those whose head number is the same. */
export function normalised(
  scores: Float64Array,
  heads: readonly { readonly head: number }[],
  over: Over,
): Float64Array {
  if (over === 'none') return scores;
  const groupOf = (i: number) => (over === 'heads' ? 0 : (heads[i]?.head ?? 0));
  const largest = new Map<number, number>();
  scores.forEach((score, i) => largest.set(groupOf(i), Math.max(score, largest.get(groupOf(i)) ?? -Infinity)));
  const powers = scores.map((score, i) => Math.exp(score - (largest.get(groupOf(i)) as number)));
  const sums = new Map<number, number>();
  powers.forEach((power, i) => sums.set(groupOf(i), power + (sums.get(groupOf(i)) ?? 0)));
  return powers.map((power, i) => power / (sums.get(groupOf(i)) as number));
}
