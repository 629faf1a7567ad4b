import { useIsResident, useWorkspace } from '../../api/hooks.ts';
import { usePrompts } from '../../api/queries.ts';

/** Pairs that are asked for at once. */
export const PAGE = 50;

/** A page of the chosen prompts; asks nothing without a model in memory. What is of other prompts is no answer. */
export function usePromptPage(page: number) {
  const model = useWorkspace((state) => state.model);
  const prompts = useWorkspace((state) => state.prompts);
  const isResident = useIsResident();
  const isAsked = isResident && model !== null && prompts !== null;
  const request = isAsked ? { ...model, prompts, from: page * PAGE, count: PAGE } : null;
  const { data, error, refetch, isPlaceholderData } = usePrompts(request);
  return { data: isPlaceholderData || !isAsked ? undefined : data, error: isAsked ? error : null, refetch };
}
