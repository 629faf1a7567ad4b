/** The runs of the project, or of its bin, with those that go on as they are now. */
import { useEffect, useMemo } from 'react';
import type { RunSummary } from '../../../engine/results/runs.ts';
import { useWatch, useWorkspace } from '../../api/hooks.ts';
import type { Asked } from '../../api/queries.ts';
import { useRuns } from '../../api/queries.ts';
import { isActive } from '../../shell/jobStates.ts';
import { filterRuns, liveRuns } from './runRows.ts';
import { useRunsSettings } from './runsSettings.ts';

export interface RunList {
  readonly asked: Asked<'runs'>;
  readonly all: readonly RunSummary[];
  /** Those that the filter leaves. */
  readonly shown: readonly RunSummary[];
  /** The one that is looked at: the first where the workspace names none of these. */
  readonly chosen: RunSummary | null;
}

/** Milliseconds: nobody tells of runs that another process is at work on. */
const FOREIGN_EVERY = 2000;

export function useRunList(): RunList {
  const settings = useRunsSettings((all) => all);
  const asked = useRuns(settings.isBin);
  const jobs = useWatch((state) => state.jobs);
  const id = useWorkspace((state) => state.run);
  // The answer for the project is none for the bin.
  const listed = asked.isPlaceholderData ? undefined : asked.data?.runs;
  const all = useMemo(
    () => (listed === undefined ? [] : liveRuns(listed, settings.isBin ? [] : jobs)),
    [listed, jobs, settings.isBin],
  );
  const hasForeign = all.some((run) => isActive(run) && !jobs.some(({ id: job }) => job === run.id));
  const { refetch } = asked;
  useEffect(() => {
    if (!hasForeign) return undefined;
    const timer = setInterval(() => void refetch(), FOREIGN_EVERY);
    return () => clearInterval(timer);
  }, [hasForeign, refetch]);
  const shown = useMemo(() => filterRuns(all, settings), [all, settings]);
  return { asked, all, shown, chosen: all.find((run) => run.id === id) ?? shown[0] ?? null };
}
