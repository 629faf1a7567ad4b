/** The runs of one kind of sweep on the model that is looked at, newest first. */
import { useQueries } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Client, ResultOf } from '../../../engine/results/contract.ts';
import type { RunSummary } from '../../../engine/results/runs.ts';
import type { HeadRef } from '../../../engine/results/units.ts';
import { useClient } from '../../api/engineClient.ts';
import { useWorkspace } from '../../api/hooks.ts';
import { useRuns } from '../../api/queries.ts';
import { sweepKindOf } from './sweepsPlan.ts';
import type { SweepKind } from './sweepsSettings.ts';

/** What a run was asked to do, which never changes. */
export interface SweptOver {
  readonly kind: SweepKind | null;
  /** Of pairs, all of them, those that are not measured yet included. */
  readonly heads: readonly HeadRef[];
}

export interface SweepRun extends SweptOver {
  readonly run: RunSummary;
}

export interface SweepRuns {
  /** Of the model, of any kind. */
  readonly all: readonly SweepRun[];
  readonly list: readonly SweepRun[];
  readonly isLoading: boolean;
  readonly error: Error | null;
}

/** Runs that are read, the newest. */
const MOST_RUNS = 60;

export function useSweepsRunList(kind: SweepKind): SweepRuns {
  const client = useClient();
  const { data, error } = useRuns();
  const runs = useRunsOnModel(data?.runs, isSweep);
  const asked = useQueries({ queries: runs.map(({ id }) => sweptOverQuery(client, id)) });
  const all = asked.flatMap(({ data: swept }, i) => {
    const run = runs[i];
    return run === undefined || swept === undefined ? [] : [{ ...swept, run }];
  });
  const isLoading = data === undefined || asked.some(({ isPending }) => isPending);
  return { all, list: all.filter((run) => run.kind === kind), isLoading, error };
}

function isSweep({ call }: RunSummary): boolean {
  return call === 'ablate' || call === 'ablateSets';
}

/** `isWanted` must lie outside of the component. */
export function useRunsOnModel(
  runs: readonly RunSummary[] | undefined,
  isWanted: (run: RunSummary) => boolean,
): readonly RunSummary[] {
  const path = useWorkspace((state) => state.model?.model ?? null);
  return useMemo(
    () => (runs ?? []).filter((run) => isWanted(run) && run.model?.path === path).slice(0, MOST_RUNS),
    [runs, isWanted, path],
  );
}

/** Asked once: unlike the rest of a record this stays as it is. */
function sweptOverQuery(client: Client, run: string) {
  return {
    queryKey: ['sweptOver', run],
    staleTime: Infinity,
    queryFn: async ({ signal }: { readonly signal: AbortSignal }): Promise<SweptOver> => {
      const { record } = await (client.record({ run }, { signal }) as Promise<ResultOf<'record'>>);
      const { job } = record;
      const heads = job.call === 'ablateSets' && job.request.sets.kind === 'pairs' ? job.request.sets.heads : [];
      return { kind: sweepKindOf(job), heads };
    },
  };
}
