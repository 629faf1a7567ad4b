/** The row of tokens that the faces below look at: one side of the chosen pair, or the text that is being written. */
import { useMemo } from 'react';
import type { PromptPair, TokenInfo } from '../../../engine/results/promptSets.ts';
import { usePromptsSettings } from './promptsSettings.ts';
import { useChosenPair } from './useChosenPair.ts';
import { useDraftTokens } from './useDraftTokens.ts';

export interface Target {
  readonly tokens: readonly TokenInfo[];
  readonly ids: readonly number[];
  readonly answers: readonly string[];
  readonly wrong: readonly string[];
  /** Position after which the answer stands. */
  readonly answerPosition: number;
  /** `prompt 3, clean`. */
  readonly name: string;
}

/** Null while there are no tokens to look at. */
export function useTarget(): Target | null {
  const { mode, side, draft } = usePromptsSettings((settings) => settings);
  const pair = useChosenPair();
  const own = useDraftTokens();
  return useMemo(() => {
    if (mode === 'set') return pair === null ? null : targetOfPair(pair, side);
    if (own.tokens.length === 0) return null;
    const answers = split(draft.answer);
    return targetOf(own.tokens, {
      answers,
      wrong: split(draft.wrong),
      name: 'own text',
      answerPosition: own.tokens.length - 1,
    });
  }, [mode, side, pair, own.tokens, draft.answer, draft.wrong]);
}

function targetOfPair(pair: PromptPair, side: 'clean' | 'corrupt'): Target {
  const isCorrupt = side === 'corrupt' && pair.corrupt !== null;
  const { answers, wrong, answerPosition } = pair;
  const tokens = isCorrupt ? (pair.corrupt ?? []) : pair.clean;
  return targetOf(tokens, {
    answers,
    wrong,
    answerPosition: Math.min(answerPosition, tokens.length - 1),
    name: `prompt ${pair.index + 1}, ${isCorrupt ? 'corrupt' : 'clean'}`,
  });
}

function targetOf(tokens: readonly TokenInfo[], rest: Omit<Target, 'tokens' | 'ids'>): Target {
  return { ...rest, tokens, ids: tokens.map(({ id }) => id) };
}

function split(text: string): readonly string[] {
  return text.split('|').filter((part) => part !== '');
}
