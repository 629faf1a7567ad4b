/**
 * Begins a session once the engine is there, chooses a measure to colour heads by when the first one comes, and the head on
 * which it is largest when it is known.
 */
import { useEffect, useRef } from 'react';
import { attempt } from '../api/attempt.ts';
import { useHeadMeasures, useWatch, useWorkspace } from '../api/hooks.ts';
import { headAfter } from '../api/rankHeads.ts';
import type { Workbench } from '../api/workbench.ts';
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
    attempt(workbench, () => firstStart(workbench));
  }, [workbench, isKnown]);
  /** The measure that was chosen here: a better one takes its place, one of the user's own is never replaced. */
  const proposed = useRef<string | null>(null);
  useEffect(() => {
    const id = (list.find(({ call }) => call === 'ablate') ?? list[0])?.id ?? null;
    if (id === null || (measure !== null && (measure !== proposed.current || measure === id))) return;
    proposed.current = id;
    workbench.undo.silently(() => workbench.workspace.set({ measure: id }));
  }, [workbench, list, measure]);
  const isOffered = useRef(false);
  useEffect(() => {
    if (measure === null || measure !== proposed.current || isOffered.current) return;
    const offer = () => {
      isOffered.current ||= offerHead(workbench, measure);
    };
    offer();
    return workbench.measures.subscribe(offer, measure);
  }, [workbench, list, measure]);
}

/** True once the run of an ablation has ended: its strongest head is the primary one then, unless another was chosen. */
function offerHead({ measures, runs, selection, undo }: Workbench, id: string): boolean {
  const measure = measures.find(id);
  if (measure?.call !== 'ablate' || runs.get(measure.run).status !== 'ended') return false;
  const head = headAfter(measure, null, 0);
  if (head !== null && selection.store.getState().primary === null) undo.silently(() => selection.setPrimary(head));
  return true;
}

/** A start is of a workbench, not of a component: it is not begun twice where React mounts twice. */
const started = new WeakSet<object>();
