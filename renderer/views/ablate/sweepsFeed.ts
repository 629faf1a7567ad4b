/** The numbers of a run as they come: written in place, drawn without rendering. */
import { useCallback, useMemo, useSyncExternalStore } from 'react';
import { roundUp } from '../../api/measureScale.ts';
import type { RunStore } from '../../api/runStore.ts';
import type { Column, RunTable } from '../../api/runTables.ts';
import { useWorkbench } from '../../api/workbench.ts';

export interface NumberFeed {
  /** NaN where unknown. */
  readonly values: Float32Array;
  /** 1 where the 95 % interval excludes 0; a single prompt has none. */
  readonly significant: Uint8Array;
  readonly subscribe: (listener: () => void) => () => void;
}

/** The arrays of a column are those of the run, for as long as it is kept. */
export function createFeed(runs: Pick<RunStore, 'subscribe'>, run: string, { mean, low, high, n }: Column): NumberFeed {
  const significant = new Uint8Array(mean.length);
  const update = () => {
    for (let i = 0; i < mean.length; i++) {
      significant[i] = Number((n[i] ?? 0) > 1 && ((low[i] ?? NaN) > 0 || (high[i] ?? NaN) < 0));
    }
  };
  update();
  return {
    values: mean,
    significant,
    subscribe: (listener) =>
      runs.subscribe(run, () => {
        update();
        listener();
      }),
  };
}

export function useFeed(run: string, column: Column): NumberFeed {
  const { runs } = useWorkbench();
  return useMemo(() => createFeed(runs, run, column), [runs, run, column]);
}

/** Something told by a run; renders when it changes, not as rows come. Give a function that is kept by useCallback. */
export function useOfRun<T>(run: string, read: (table: RunTable | null) => T): T {
  const { runs } = useWorkbench();
  const subscribe = useCallback((listener: () => void) => runs.subscribe(run, listener), [runs, run]);
  return useSyncExternalStore(subscribe, () => read(runs.get(run).table));
}

/** Up to the next round number above the largest size that is known. */
export function useLimit(run: string, values: Float32Array): number {
  return useOfRun(
    run,
    useCallback(() => roundUp(largestOf(values)), [values]),
  );
}

export function largestOf(values: Iterable<number>): number {
  let largest = 0;
  for (const value of values) if (Math.abs(value) > largest) largest = Math.abs(value);
  return largest;
}
