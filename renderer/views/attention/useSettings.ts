import { useStore } from 'zustand';
import { useWorkbench } from '../../api/workbench.ts';
import { usePane } from '../../parts/paneContext.ts';
import type { AttentionSettings } from './settings.ts';
import { settingsOf } from './settings.ts';

export interface SettingsInUse {
  readonly settings: AttentionSettings;
  readonly change: (values: Partial<AttentionSettings>) => void;
}

export function useSettings(): SettingsInUse {
  const store = settingsOf(useWorkbench(), usePane()?.index ?? 0);
  return { settings: useStore(store), change: store.setState };
}
