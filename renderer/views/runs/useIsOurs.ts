import type { RunSummary } from '../../../engine/results/runs.ts';
import { useWatch } from '../../api/hooks.ts';
import { isActive } from '../../shell/jobStates.ts';

/** False while another process, such as a command in a terminal, is at work on the run. */
export function useIsOurs(run: RunSummary): boolean {
  return useWatch(({ jobs }) => !isActive(run) || jobs.some(({ id }) => id === run.id));
}
