/** Does a job run that shares the processor with what would be asked? */
import { useRuns } from '../../api/queries.ts';

export function useBusy(): boolean {
  const { data } = useRuns();
  return (data?.runs ?? []).some(({ state }) => state === 'running' || state === 'queued');
}
