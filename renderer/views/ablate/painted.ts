/** What is painted: the set of heads, which all places share, and MLPs and whole layers, which only this one has. */
import { useMemo } from 'react';
import { useStore } from 'zustand';
import type { StoreApi } from 'zustand/vanilla';
import { createStore } from 'zustand/vanilla';
import type { UnitSet } from '../../../engine/results/units.ts';
import { useSelection } from '../../api/hooks.ts';
import type { Workbench } from '../../api/workbench.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { headName } from '../../state/headNames.ts';

/** What a cell stands for while painting. */
export type Brush = 'head' | 'kv-group';

export interface PaintState {
  readonly mlps: readonly number[];
  readonly layers: readonly number[];
  readonly brush: Brush;
  /** Prompts of a task that are measured on while painting; null: all. */
  readonly quick: number | null;
}

const first: PaintState = { mlps: [], layers: [], brush: 'head', quick: 16 };
const stores = new WeakMap<Workbench, StoreApi<PaintState>>();

/** Lives as long as the window. */
export function paintStore(workbench: Workbench): StoreApi<PaintState> {
  const store = stores.get(workbench) ?? createStore<PaintState>(() => first);
  stores.set(workbench, store);
  return store;
}

export function usePaint<T>(select: (state: PaintState) => T): T {
  return useStore(paintStore(useWorkbench()), select);
}

export function usePainted(): UnitSet {
  const heads = useSelection((state) => state.set);
  const mlps = usePaint((state) => state.mlps);
  const layers = usePaint((state) => state.layers);
  return useMemo(() => ({ heads, kvGroups: [], layers, mlps }), [heads, mlps, layers]);
}

export function sizeOf({ heads, kvGroups, layers, mlps }: UnitSet): number {
  return heads.length + kvGroups.length + layers.length + mlps.length;
}

/** `3 heads, 1 MLP`. */
export function countWords({ heads, mlps, layers }: UnitSet): string {
  const parts = [
    counted(heads.length, 'head', 'heads'),
    counted(mlps.length, 'MLP', 'MLPs'),
    counted(layers.length, 'layer', 'layers'),
  ];
  return parts.filter((part) => part !== '').join(', ') || 'nothing';
}

function counted(count: number, one: string, many: string): string {
  return count === 0 ? '' : `${count} ${count === 1 ? one : many}`;
}

/** `L23H3 L20H0 L17MLP L4`, cut after some. */
export function nameWords({ heads, mlps, layers }: UnitSet, most = 8): string {
  const names = [...heads.map(headName), ...mlps.map((layer) => `L${layer}MLP`), ...layers.map((layer) => `L${layer}`)];
  return names.length <= most ? names.join(' ') : `${names.slice(0, most).join(' ')} and ${names.length - most} more`;
}
