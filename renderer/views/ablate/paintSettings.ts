/** Which face of the place is shown and how painting goes on, for as long as the window lives; none of it is a step of undo. */
import { useStore } from 'zustand';
import type { StoreApi } from 'zustand/vanilla';
import { createStore } from 'zustand/vanilla';
import type { Workbench } from '../../api/workbench.ts';
import { useWorkbench } from '../../api/workbench.ts';

/** What a cell of a head stands for while painting. */
export type Brush = 'head' | 'kv-group';

export interface PaintSettings {
  readonly face: 'paint' | 'sweeps' | 'patch';
  readonly brush: Brush;
  /** Prompts of a task that are measured on while painting; null: all. */
  readonly quick: number | null;
}

/** So few answer while the mouse is down. */
export const QUICK = 16;

const first: PaintSettings = { face: 'paint', brush: 'head', quick: QUICK };
const stores = new WeakMap<Workbench, StoreApi<PaintSettings>>();

export function paintSettings(workbench: Workbench): StoreApi<PaintSettings> {
  const store = stores.get(workbench) ?? createStore<PaintSettings>(() => first);
  stores.set(workbench, store);
  return store;
}

export function usePaint<T>(select: (settings: PaintSettings) => T): T {
  return useStore(paintSettings(useWorkbench()), select);
}

export function useChangePaint(): (change: Partial<PaintSettings>) => void {
  return paintSettings(useWorkbench()).setState;
}
