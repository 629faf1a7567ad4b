/** How the place is looked at, for as long as the window lives: it is left and come back to. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { Workbench } from '../../api/workbench.ts';
import { useWorkbench } from '../../api/workbench.ts';

interface ModelsSettings {
  readonly search: string;
  /** Key of the source whose models are listed; null: all. */
  readonly source: string | null;
  /** Path of the model that is described; null: the one that is looked at elsewhere. */
  readonly shown: string | null;
  /** What was last dropped here without a path. */
  readonly dropped: string | null;
}

const initial: ModelsSettings = { search: '', source: null, shown: null, dropped: null };
const stores = new WeakMap<Workbench, StoreApi<ModelsSettings>>();

function modelsSettings(workbench: Workbench): StoreApi<ModelsSettings> {
  const store = stores.get(workbench) ?? createStore<ModelsSettings>(() => initial);
  stores.set(workbench, store);
  return store;
}

export function useModelsSettings<T>(select: (settings: ModelsSettings) => T): T {
  return useStore(modelsSettings(useWorkbench()), select);
}

export function useChangeModels(): (change: Partial<ModelsSettings>) => void {
  return modelsSettings(useWorkbench()).setState;
}
