/** The stores of the workbench in React. */
import { useCallback, useMemo, useSyncExternalStore } from 'react';
import { useStore } from 'zustand';
import type { ResultOf } from '../../engine/results/contract.ts';
import type { HeadShape } from '../marks/headShape.ts';
import type { SelectionState } from '../state/selection.ts';
import type { WorkspaceState } from '../state/workspace.ts';
import type { HeadMeasure } from './measuresOfRun.ts';
import { useInfo } from './queries.ts';
import type { LinkState } from './reconnect.ts';
import type { RunView } from './runStore.ts';
import type { WatchState } from './watchStore.ts';
import { useWorkbench } from './workbench.ts';

export function useSelection<T>(select: (state: SelectionState) => T): T {
  return useStore(useWorkbench().selection.store, select);
}

export function useWorkspace<T>(select: (state: WorkspaceState) => T): T {
  return useStore(useWorkbench().workspace.store, select);
}

export function useWatch<T>(select: (state: WatchState) => T): T {
  return useStore(useWorkbench().watch.store, select);
}

export function useLink(): LinkState {
  return useStore(useWorkbench().connection.store);
}

/** A run, followed while the component is there; renders at most once a frame. */
export function useRun(id: string | null): RunView | null {
  const { runs } = useWorkbench();
  const subscribe = useCallback(
    (listener: () => void) => (id === null ? () => undefined : runs.subscribe(id, listener)),
    [runs, id],
  );
  return useSyncExternalStore(subscribe, () => (id === null ? null : runs.get(id)));
}

/** All measures that can colour heads; renders when measures come or go, not as their numbers come. */
export function useHeadMeasures(): readonly HeadMeasure[] {
  const { measures } = useWorkbench();
  const subscribe = useCallback((listener: () => void) => measures.subscribe(listener), [measures]);
  return useSyncExternalStore(subscribe, measures.list);
}

export interface LiveMeasure extends HeadMeasure {
  /** Rises as numbers come; renders at most once a frame. */
  readonly version: number;
}

export function useHeadMeasure(id: string | null): LiveMeasure | null {
  const { measures } = useWorkbench();
  const subscribe = useCallback(
    (listener: () => void) => measures.subscribe(listener, id ?? undefined),
    [measures, id],
  );
  const measure = useSyncExternalStore(subscribe, () => (id === null ? null : measures.find(id)));
  const version = useSyncExternalStore(subscribe, () => (id === null ? 0 : measures.version(id)));
  return measure === null ? null : { ...measure, version };
}

/** What the model that is looked at is, from its headers; null while none is or they are being read. */
export function useModelInfo(): ResultOf<'info'> | null {
  const path = useWorkspace((state) => state.model?.model ?? null);
  const { data, isPlaceholderData } = useInfo(path);
  // While the next model's headers are read, those of the one before are no answer.
  return data === undefined || isPlaceholderData ? null : data;
}

/** Its heads. The same object as long as the model is the same. */
export function useHeadShape(): HeadShape | null {
  const info = useModelInfo();
  return useMemo(() => (info === null ? null : headShapeOf(info)), [info]);
}

/** Is the model that is looked at the one in memory? */
export function useIsResident(): boolean {
  const fingerprint = useModelInfo()?.fingerprint ?? null;
  return useWatch(({ resident }) => resident !== null && resident.model.fingerprint === fingerprint);
}

function headShapeOf({ shape, perLayer }: ResultOf<'info'>): HeadShape {
  const { layers, heads, kvHeads } = shape;
  const isEven = perLayer.every((layer) => layer.heads === heads);
  return { layers, heads, kvHeads, ...(isEven ? {} : { headsOf: perLayer.map((layer) => layer.heads) }) };
}
