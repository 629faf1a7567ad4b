/** How the place is looked at, for as long as the window lives: it is left and come back to. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { Workbench } from '../../api/workbench.ts';
import { useWorkbench } from '../../api/workbench.ts';

export type HeadsTab = 'overview' | 'map' | 'table' | 'sets' | 'difference';

export interface HeadsSettings {
  readonly tab: HeadsTab;
  /** Heads that are not dimmed, the first by the measure; null: all. */
  readonly top: number | null;
  /** Pattern tag of the heads that are not dimmed; null: all. */
  readonly tag: string | null;
  /** Measure whose colours end where its numbers end, instead of at its fixed ends. */
  readonly unlocked: string | null;
  /** Run that was started here: its first measure is shown when it comes, in place of the one that was shown then. */
  readonly awaited: { readonly run: string; readonly insteadOf: string | null } | null;
}

const initial: HeadsSettings = { tab: 'overview', top: null, tag: null, unlocked: null, awaited: null };
const stores = new WeakMap<Workbench, StoreApi<HeadsSettings>>();

export function headsSettings(workbench: Workbench): StoreApi<HeadsSettings> {
  const store = stores.get(workbench) ?? createStore<HeadsSettings>(() => initial);
  stores.set(workbench, store);
  return store;
}

export function useHeadsSettings<T>(select: (settings: HeadsSettings) => T): T {
  return useStore(headsSettings(useWorkbench()), select);
}

export function useChangeSettings(): (change: Partial<HeadsSettings>) => void {
  return headsSettings(useWorkbench()).setState;
}
