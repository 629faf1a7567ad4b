/** Unary calls as hooks. A null request asks nothing. The answer before stays until the next is there (`isPlaceholderData`). */
import type { UseQueryResult } from '@tanstack/react-query';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { RequestOf, ResultOf } from '../../engine/results/contract.ts';
import type { UnaryName } from './callQuery.ts';
import { callQuery } from './callQuery.ts';
import { useClient } from './engineClient.ts';

export type Asked<C extends UnaryName> = UseQueryResult<ResultOf<C>>;

export function useCall<C extends UnaryName>(call: C, request: RequestOf<C> | null): Asked<C> {
  const client = useClient();
  return useQuery<ResultOf<C>>({
    // Where nothing is asked the key is the call's alone and the query never runs.
    ...(request === null
      ? { queryKey: [call, null], queryFn: () => Promise.reject(new Error(`${call}: nothing is asked`)) }
      : callQuery(client, call, request)),
    enabled: request !== null,
    placeholderData: keepPreviousData,
  });
}

/** What a model is, from its headers. */
export const useInfo = (model: string | null): Asked<'info'> => useCall('info', model === null ? null : { model });
export const useLibrary = (): Asked<'library'> => useCall('library', {});
export const useTasks = (): Asked<'tasks'> => useCall('tasks', {});
export const usePrompts = (request: RequestOf<'prompts'> | null): Asked<'prompts'> => useCall('prompts', request);
export const useTokens = (request: RequestOf<'tokens'> | null): Asked<'tokens'> => useCall('tokens', request);
export const usePrediction = (request: RequestOf<'run'> | null): Asked<'run'> => useCall('run', request);
export const useRuns = (binned = false): Asked<'runs'> => useCall('runs', binned ? { binned } : {});
export const useRecord = (run: string | null): Asked<'record'> => useCall('record', run === null ? null : { run });
export const useCompare = (request: RequestOf<'compare'> | null): Asked<'compare'> => useCall('compare', request);
export const useExportForms = (request: RequestOf<'exportForms'>): Asked<'exportForms'> =>
  useCall('exportForms', request);
export const useHeadSets = (): Asked<'headSets'> => useCall('headSets', {});
export const useAttentionTile = (request: RequestOf<'attentionTile'> | null): Asked<'attentionTile'> =>
  useCall('attentionTile', request);
export const useAttentionRow = (request: RequestOf<'attentionRow'> | null): Asked<'attentionRow'> =>
  useCall('attentionRow', request);
export const useNeedles = (): Asked<'needles'> => useCall('needles', {});
export const usePruneLegality = (request: RequestOf<'pruneLegality'> | null): Asked<'pruneLegality'> =>
  useCall('pruneLegality', request);
export const useNeedlePreview = (request: RequestOf<'needlePreview'> | null): Asked<'needlePreview'> =>
  useCall('needlePreview', request);
export const useCircuitMethods = (): Asked<'circuitMethods'> => useCall('circuitMethods', {});
