/** The run of criteria that is looked at. */
import { useMemo } from 'react';
import type { PruneRuns } from './pruneRuns.ts';
import { shownRun, usePruneRuns, useRunRows } from './pruneRuns.ts';
import type { ImportanceView } from '../../api/importanceFold.ts';
import { importanceOf } from '../../api/importanceFold.ts';
import { usePrune } from './pruneSettings.ts';

export interface ShownImportance {
  readonly runs: PruneRuns;
  readonly run: string | null;
  readonly view: ImportanceView | null;
}

export function useImportance(): ShownImportance {
  const runs = usePruneRuns('importance');
  const chosen = usePrune((settings) => settings.run);
  const run = shownRun(runs.list, chosen);
  const rows = useRunRows(run);
  const view = useMemo(() => importanceOf(rows), [rows]);
  return { runs, run, view };
}
