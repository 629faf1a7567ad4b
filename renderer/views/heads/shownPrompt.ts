/** The prompt that is shown, as tokens, and the query that is looked at: the chosen one, else where the answer is read. */
import type { RequestOf, ResultOf } from '../../../engine/results/contract.ts';
import type { PromptPair } from '../../../engine/results/promptSets.ts';
import { useIsResident, useSelection, useWorkspace } from '../../api/hooks.ts';
import type { Asked } from '../../api/queries.ts';
import { usePrompts } from '../../api/queries.ts';
import type { Token } from '../../marks/tokens/token.ts';

export interface ShownPrompt {
  readonly index: number;
  readonly total: number;
  readonly tokens: readonly Token[];
  readonly query: number;
  /** Spread into a request for attention on it. */
  readonly on: Pick<RequestOf<'attentionRow'>, 'model' | 'weights' | 'prompt'>;
}

export interface AskedPrompt {
  readonly prompt: ShownPrompt | null;
  readonly asked: Asked<'prompts'>;
}

export function useShownPrompt(): AskedPrompt {
  const model = useWorkspace((state) => state.model);
  const prompts = useWorkspace((state) => state.prompts);
  const index = useWorkspace((state) => state.promptIndex);
  const chosen = useSelection((state) => state.query);
  const isResident = useIsResident();
  const canAsk = model !== null && prompts !== null && isResident;
  const asked = usePrompts(canAsk ? { ...model, prompts, from: index, count: 1 } : null);
  const pair = asked.data?.pairs[0];
  if (!canAsk || pair === undefined || asked.data === undefined) return { prompt: null, asked };
  return { prompt: shownPrompt(model, asked.data, pair, chosen), asked };
}

function shownPrompt(
  model: Pick<RequestOf<'open'>, 'model' | 'weights'>,
  { total }: ResultOf<'prompts'>,
  { index, clean, answerPosition }: PromptPair,
  chosen: number | null,
): ShownPrompt {
  const tokens = clean.map(({ id, text, special }): Token => ({ id, text, special }));
  const query = chosen !== null && chosen < tokens.length ? chosen : Math.min(answerPosition, tokens.length - 1);
  return { index, total, tokens, query, on: { ...model, prompt: { ids: clean.map(({ id }) => id) } } };
}
