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

export interface OtherUnits {
  readonly mlps: readonly number[];
  readonly layers: readonly number[];
}

const none: OtherUnits = { mlps: [], layers: [] };
const stores = new WeakMap<Workbench, StoreApi<OtherUnits>>();

/** The painted MLPs and layers: undone with the set of heads, gone with the model. */
export function otherUnits(workbench: Workbench): StoreApi<OtherUnits> {
  const known = stores.get(workbench);
  if (known !== undefined) return known;
  const store = createStore<OtherUnits>(() => none);
  stores.set(workbench, store);
  workbench.undo.include(store);
  workbench.workspace.store.subscribe(({ model }, before) => {
    if (model?.model !== before.model?.model) workbench.undo.silently(() => store.setState(none));
  });
  return store;
}

export function paintedNow(workbench: Workbench): UnitSet {
  return { heads: workbench.selection.store.getState().set, kvGroups: [], ...otherUnits(workbench).getState() };
}

export function usePainted(): UnitSet {
  const heads = useSelection((state) => state.set);
  const others = useStore(otherUnits(useWorkbench()));
  return useMemo(() => ({ heads, kvGroups: [], ...others }), [heads, others]);
}

/** One step of undo. */
export function clearPainted(workbench: Workbench): void {
  const end = workbench.undo.gesture();
  workbench.selection.clear();
  otherUnits(workbench).setState(none);
  end();
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
