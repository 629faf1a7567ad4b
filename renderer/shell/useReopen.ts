/** Opens the model again that was looked at, where the process that held it was replaced. */
import { useEffect, useRef } from 'react';
import { useStore } from 'zustand';
import { attempt } from '../api/attempt.ts';
import { useWatch, useWorkspace } from '../api/hooks.ts';
import { openModel } from '../api/openModel.ts';
import { useWorkbench } from '../api/workbench.ts';

/** A model that is lost so often within a minute may be what ends the process: it is then for the user to open it. */
const MOST_TIMES = 3;
const MINUTE = 60_000;

export function useReopen(): void {
  const workbench = useWorkbench();
  const isKnown = useWatch((state) => state.known);
  const resident = useWatch((state) => state.resident?.path ?? null);
  const model = useWorkspace((state) => state.model);
  // While another is being opened, that this one is let go is no loss.
  const isOpening = useStore(workbench.opening) !== null;
  const held = useRef<string | null>(null);
  const reopened = useRef<readonly number[]>([]);
  useEffect(() => {
    if (resident !== null) held.current = resident;
    const isLost = isKnown && !isOpening && resident === null && model !== null && held.current === model.model;
    const now = performance.now();
    const lately = reopened.current.filter((time) => now - time < MINUTE);
    if (!isLost || lately.length >= MOST_TIMES) return;
    held.current = null;
    reopened.current = [...lately, now];
    attempt(workbench, () => openModel(workbench, model));
  }, [workbench, isKnown, isOpening, resident, model]);
}
