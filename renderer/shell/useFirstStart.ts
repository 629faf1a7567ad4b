/** Begins a session once the engine is there, and chooses a measure to colour heads by when the first one comes. */
import { useEffect } from 'react';
import { useHeadMeasures, useWatch, useWorkspace } from '../api/hooks.ts';
import { useWorkbench } from '../api/workbench.ts';
import { firstStart } from './firstStart.ts';

export function useFirstStart(): void {
  const workbench = useWorkbench();
  const isKnown = useWatch((state) => state.known);
  const list = useHeadMeasures();
  const measure = useWorkspace((state) => state.measure);
  useEffect(() => {
    if (!isKnown || started.has(workbench)) return;
    started.add(workbench);
    firstStart(workbench).catch((error: Error) => workbench.dialogs.show({ kind: 'error', error }));
  }, [workbench, isKnown]);
  useEffect(() => {
    const first = list.find(({ call }) => call === 'ablate') ?? list[0];
    if (measure === null && first !== undefined) workbench.workspace.set({ measure: first.id });
  }, [workbench, list, measure]);
}

/** A start is of a workbench, not of a component: it is not begun twice where React mounts twice. */
const started = new WeakSet<object>();
