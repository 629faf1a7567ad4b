/** Which sweep is prepared and looked at, for as long as the window lives. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { Workbench } from '../../api/workbench.ts';
import { useWorkbench } from '../../api/workbench.ts';

/** What is removed in turn. */
export type SweepKind = 'head' | 'kv-group' | 'layer' | 'mlp' | 'pairs' | 'greedy' | 'list';

export interface SweepsSettings {
  readonly kind: SweepKind;
  /** The run that is looked at; where none was chosen it is the newest. */
  readonly runs: Readonly<Partial<Record<SweepKind, string>>>;
  /** The number that is drawn. */
  readonly quantity: 'effect' | 'kl';
  /** Of pairs: beyond the sum of both, or of both together. */
  readonly pairs: 'interaction' | 'effect';
  /** Where greedy growth takes its heads from. */
  readonly from: 'set' | 'layers';
  /** As typed: `0-3, 8`. */
  readonly layers: string;
  readonly steps: number;
  readonly choose: 'worst' | 'best';
}

const initial: SweepsSettings = {
  ...{ kind: 'head', runs: {}, quantity: 'effect', pairs: 'interaction' },
  ...{ from: 'layers', layers: '0', steps: 8, choose: 'worst' },
};
const stores = new WeakMap<Workbench, StoreApi<SweepsSettings>>();

export function sweepsSettings(workbench: Workbench): StoreApi<SweepsSettings> {
  const store = stores.get(workbench) ?? createStore<SweepsSettings>(() => initial);
  stores.set(workbench, store);
  return store;
}

export function useSweeps<T>(select: (settings: SweepsSettings) => T): T {
  return useStore(sweepsSettings(useWorkbench()), select);
}

export function useChangeSweeps(): (change: Partial<SweepsSettings>) => void {
  return sweepsSettings(useWorkbench()).setState;
}
