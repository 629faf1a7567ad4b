/** The runs of one call on the model that is looked at, and the one of them that is shown. */
import { useCallback } from 'react';
import type { RunSummary } from '../../../engine/results/runs.ts';
import { useRuns } from '../../api/queries.ts';
import { useRunsOnModel } from '../ablate/sweepsRunList.ts';
import type { StreamingCall } from './streamingJobs.ts';

export interface CallRuns {
  /** Newest first. */
  readonly list: readonly RunSummary[];
  readonly isLoading: boolean;
  readonly error: Error | null;
  readonly retry: () => void;
}

export function useCallRuns(call: StreamingCall): CallRuns {
  const { data, error, refetch } = useRuns();
  const isOf = useCallback((run: RunSummary) => run.call === call, [call]);
  const list = useRunsOnModel(data?.runs, isOf);
  return { list, isLoading: data === undefined, error, retry: () => void refetch() };
}

/** The chosen one, else the newest. */
export function shownOf(list: readonly RunSummary[], chosen: string | null): string | null {
  return (list.find(({ id }) => id === chosen) ?? list[0])?.id ?? null;
}
