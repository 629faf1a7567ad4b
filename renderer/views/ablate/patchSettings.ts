/** Which patching is prepared and looked at, for as long as the window lives. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { RequestOf } from '../../../engine/results/contract.ts';
import type { Workbench } from '../../api/workbench.ts';
import { useWorkbench } from '../../api/workbench.ts';

/** A stream at each layer and position, all of a head, or the primary head at each position. */
export type PatchChoice = 'residPre' | 'attnOut' | 'mlpOut' | 'residPost' | 'heads' | 'headPositions';
export type PatchDirection = RequestOf<'patchGrid'>['direction'];

export interface PatchSettings {
  readonly target: PatchChoice;
  readonly direction: PatchDirection;
  /** Prompts of a task; null: as many as are chosen. */
  readonly n: number | null;
  readonly shown: 'effect' | 'recovery';
  /** The run that is looked at; null: the newest. */
  readonly run: string | null;
}

const initial: PatchSettings = {
  ...{ target: 'residPre', direction: 'cleanIntoCorrupt', n: null, shown: 'recovery', run: null },
};
const stores = new WeakMap<Workbench, StoreApi<PatchSettings>>();

export function patchSettings(workbench: Workbench): StoreApi<PatchSettings> {
  const store = stores.get(workbench) ?? createStore<PatchSettings>(() => initial);
  stores.set(workbench, store);
  return store;
}

export function usePatch<T>(select: (settings: PatchSettings) => T): T {
  return useStore(patchSettings(useWorkbench()), select);
}

export function useChangePatch(): (change: Partial<PatchSettings>) => void {
  return patchSettings(useWorkbench()).setState;
}
