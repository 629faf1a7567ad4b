/** The runs of one call on the model that is looked at, and the one of them that is shown. */
import { useCallback } from 'react';
import type { JobCall, RunRow, RunSummary } from '../../../engine/results/runs.ts';
import { useRuns } from '../../api/queries.ts';
import type { RunView } from '../../api/runStore.ts';
import { useRun } from '../../api/hooks.ts';
import { useRunsOnModel } from '../ablate/sweepsRunList.ts';

export interface PruneRuns {
  /** Newest first. */
  readonly list: readonly RunSummary[];
  readonly isLoading: boolean;
  readonly error: Error | null;
}

export function usePruneRuns(call: JobCall): PruneRuns {
  const isOf = useCallback((run: RunSummary) => run.call === call, [call]);
  return useRunsOf(isOf);
}

/** Plans and curves. */
export function usePlanRuns(): PruneRuns {
  return useRunsOf(isPlanOrCurve);
}

function isPlanOrCurve({ call }: RunSummary): boolean {
  return call === 'pruneCurve' || call === 'prunePlan';
}

function useRunsOf(isWanted: (run: RunSummary) => boolean): PruneRuns {
  const { data, error } = useRuns();
  const list = useRunsOnModel(data?.runs, isWanted);
  return { list, isLoading: data === undefined, error };
}

/** The chosen one, else the newest that has something. */
export function shownRun(list: readonly RunSummary[], chosen: string | null): string | null {
  return (list.find(({ id }) => id === chosen) ?? list.find(({ rows }) => rows > 0) ?? list[0])?.id ?? null;
}

const none: readonly RunRow[] = [];

/** The same list until a row comes. */
function rowsOf(view: RunView | null): readonly RunRow[] {
  return view?.table?.kind === 'rows' ? view.table.rows : none;
}

export function useRunRows(run: string | null): readonly RunRow[] {
  return rowsOf(useRun(run));
}
