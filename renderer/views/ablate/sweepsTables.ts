/**
 * The table of a run as it was when it came: what it says of the run stays, its arrays are written in place. Renders when it
 * comes, not as its numbers do.
 */
import { useCallback, useMemo } from 'react';
import type { AblationTable, GridTable } from '../../api/runTables.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { useOfRun } from './sweepsFeed.ts';

export function useAblationTable(run: string): AblationTable | null {
  const { runs } = useWorkbench();
  const header = useOfRun(
    run,
    useCallback((table) => (table?.kind === 'ablate' ? table.header : null), []),
  );
  return useMemo(() => {
    const { table } = runs.get(run);
    return header !== null && table?.kind === 'ablate' ? table : null;
  }, [runs, run, header]);
}

export function useGridTable(run: string): GridTable | null {
  const { runs } = useWorkbench();
  const header = useOfRun(
    run,
    useCallback((table) => (table?.kind === 'patchGrid' ? table.header : null), []),
  );
  return useMemo(() => {
    const { table } = runs.get(run);
    return header !== null && table?.kind === 'patchGrid' ? table : null;
  }, [runs, run, header]);
}
