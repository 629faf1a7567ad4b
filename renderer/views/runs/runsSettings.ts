/** How the place is looked at, for as long as the window lives: it is left and come back to. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { Workbench } from '../../api/workbench.ts';
import { useWorkbench } from '../../api/workbench.ts';
import type { RunFilter } from './runRows.ts';

export type RunsTab = 'run' | 'compare' | 'overlay';

export interface RunsSettings extends RunFilter {
  /** The bin is listed instead of the project. */
  readonly isBin: boolean;
  readonly tab: RunsTab;
  /** The run that the chosen one is compared with; null: the one that is proposed. */
  readonly other: string | null;
  /** What of each of the two is overlaid: the end of a measure's id. */
  readonly part: string | null;
  readonly otherPart: string | null;
  /** The request that is being changed before it is started. */
  readonly isForking: boolean;
  /** What was just done, where nothing else shows it. */
  readonly said: string | null;
}

const initial: RunsSettings = {
  ...{ text: '', call: null, state: null, tag: null },
  ...{ isBin: false, tab: 'run', other: null, part: null, otherPart: null, isForking: false, said: null },
};
const stores = new WeakMap<Workbench, StoreApi<RunsSettings>>();

export function runsSettings(workbench: Workbench): StoreApi<RunsSettings> {
  const store = stores.get(workbench) ?? createStore<RunsSettings>(() => initial);
  stores.set(workbench, store);
  return store;
}

export function useRunsSettings<T>(select: (settings: RunsSettings) => T): T {
  return useStore(runsSettings(useWorkbench()), select);
}

export function useChangeRuns(): (change: Partial<RunsSettings>) => void {
  return runsSettings(useWorkbench()).setState;
}
