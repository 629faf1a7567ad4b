/** The text or conversation that is being written, as the model sees it: asked once typing has rested. */
import type { RequestOf } from '../../../engine/results/contract.ts';
import type { TokenInfo } from '../../../engine/results/promptSets.ts';
import { useIsResident, useWorkspace } from '../../api/hooks.ts';
import { useTokens } from '../../api/queries.ts';
import { useStable } from '../../api/useStable.ts';
import type { Draft } from './draft.ts';
import { usePromptsSettings } from './promptsSettings.ts';
import { useRested } from './useRested.ts';

export interface DraftTokens {
  readonly tokens: readonly TokenInfo[];
  /** The chat under the model's template; null for a plain text. */
  readonly rendered: string | null;
  readonly context: number | null;
  readonly error: Error | null;
  /** The tokens are of what was written before. */
  readonly isStale: boolean;
}

const none: readonly TokenInfo[] = [];

export function useDraftTokens(): DraftTokens {
  const draft = usePromptsSettings((settings) => settings.draft);
  return useTokensOf(inputOf(draft));
}

/** Of any text; empty gives no tokens. */
export function useTokensOf(input: RequestOf<'tokens'>['input'] | null): DraftTokens {
  const model = useWorkspace((state) => state.model);
  const isResident = useIsResident();
  const stable = useStable(input);
  const rested = useRested(stable);
  const isAsked = model !== null && isResident && rested !== null && input !== null;
  const { data, error, isPlaceholderData } = useTokens(isAsked ? { ...model, input: rested } : null);
  const answer = isAsked ? data : undefined;
  return {
    tokens: answer?.tokens ?? none,
    rendered: answer?.rendered ?? null,
    context: answer?.context ?? null,
    error: isAsked ? error : null,
    isStale: isPlaceholderData || rested !== stable,
  };
}

function inputOf({ kind, text, messages }: Draft): RequestOf<'tokens'>['input'] | null {
  if (kind === 'plain') return text === '' ? null : { text };
  const said = messages.filter(({ content }) => content !== '');
  return said.length === 0 ? null : { chat: said };
}
