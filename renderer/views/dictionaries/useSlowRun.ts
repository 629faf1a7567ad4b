/** A run, followed at most ten times a second: what is drawn of a training is larger than a cell. */
import { useCallback, useSyncExternalStore } from 'react';
import type { RunView } from '../../api/runStore.ts';
import { useWorkbench } from '../../api/workbench.ts';

const PAUSE = 100;

export function useSlowRun(id: string | null): RunView | null {
  const { runs } = useWorkbench();
  const subscribe = useCallback(
    (listener: () => void) => {
      if (id === null) return () => undefined;
      let timer: ReturnType<typeof setTimeout> | null = null;
      const tell = () => {
        timer = null;
        listener();
      };
      const stop = runs.subscribe(id, () => {
        timer ??= setTimeout(tell, PAUSE);
      });
      return () => {
        if (timer !== null) clearTimeout(timer);
        stop();
      };
    },
    [runs, id],
  );
  return useSyncExternalStore(subscribe, () => (id === null ? null : runs.get(id)));
}
