import type { PromptPair } from '../../../engine/results/promptSets.ts';
import { useWorkspace } from '../../api/hooks.ts';
import { PAGE, usePromptPage } from './usePromptPage.ts';

/** The pair that is looked at everywhere; null while it is fetched. */
export function useChosenPair(): PromptPair | null {
  const index = useWorkspace((state) => state.promptIndex);
  const page = usePromptPage(Math.floor(index / PAGE));
  return page.data?.pairs.find((pair) => pair.index === index) ?? null;
}
