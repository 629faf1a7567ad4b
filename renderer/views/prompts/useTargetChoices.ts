/** Tokens that the lens can be coloured by: the answers, and what the model finds likely. */
import { useMemo } from 'react';
import type { TokenInfo } from '../../../engine/results/promptSets.ts';
import { useWorkspace } from '../../api/hooks.ts';
import { usePrediction } from '../../api/queries.ts';
import type { LensTarget } from './promptsSettings.ts';
import { useTokensOf } from './useDraftTokens.ts';
import type { Target } from './useTarget.ts';

export interface TargetChoice extends LensTarget {
  readonly kind: 'answer' | 'wrong' | 'likely';
}

const LIKELY = 20;

export function useTargetChoices({ ids, tokens, answers, wrong, answerPosition }: Target): readonly TargetChoice[] {
  const model = useWorkspace((state) => state.model);
  const prompt = { ids: ids.slice(0, answerPosition + 1) };
  const { data } = usePrediction(model === null ? null : { ...model, prompt, top: LIKELY });
  const [answer, other] = [answers[0], wrong[0]];
  const read = [useTokensOf(textInput(answer)).tokens.at(-1), useTokensOf(textInput(other)).tokens.at(-1)];
  const [first, second] = read;
  return useMemo(() => {
    const likely = (data?.before ?? []).map(({ id, text }) => ({
      id,
      text: text ?? `#${id}`,
      kind: 'likely' as const,
    }));
    const known = [...tokens, ...likely];
    const expected = [
      ...found(answer, [...known, ...present(first)]).map((token) => ({ ...token, kind: 'answer' as const })),
      ...found(other, [...known, ...present(second)]).map((token) => ({ ...token, kind: 'wrong' as const })),
    ];
    return [...expected, ...likely.filter(({ id }) => expected.every((token) => token.id !== id))];
  }, [data, tokens, answer, other, first, second]);
}

function textInput(text: string | undefined) {
  return text === undefined || text === '' ? null : { text };
}

function present(token: TokenInfo | undefined): readonly TokenInfo[] {
  return token === undefined ? [] : [token];
}

function found(text: string | undefined, tokens: readonly LensTarget[]): readonly LensTarget[] {
  const token = tokens.find((one) => one.text === text);
  return token === undefined ? [] : [{ id: token.id, text: token.text }];
}
