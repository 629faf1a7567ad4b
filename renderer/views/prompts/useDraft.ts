import { useWorkbench } from '../../api/workbench.ts';
import type { Draft } from './draft.ts';
import { promptsSettings, usePromptsSettings } from './promptsSettings.ts';

export function useDraft() {
  const { setState } = promptsSettings(useWorkbench());
  const draft = usePromptsSettings((settings) => settings.draft);
  const change = (values: Partial<Draft>) => setState((state) => ({ draft: { ...state.draft, ...values } }));
  return { draft, change };
}
