/** The patching runs on the model that is looked at, newest first. */
import type { RunSummary } from '../../../engine/results/runs.ts';
import { useRuns } from '../../api/queries.ts';
import { useRunsOnModel } from './sweepsRunList.ts';

export interface PatchRuns {
  readonly list: readonly RunSummary[];
  readonly isLoading: boolean;
  readonly error: Error | null;
}

export function usePatchRuns(): PatchRuns {
  const { data, error } = useRuns();
  return { list: useRunsOnModel(data?.runs, isPatch), isLoading: data === undefined, error };
}

function isPatch({ call }: RunSummary): boolean {
  return call === 'patchGrid';
}
