/** The saved sets of the model that is looked at, those without heads left out. */
import { useMemo } from 'react';
import type { HeadSet } from '../../../engine/results/workbench.ts';
import { useModelInfo } from '../../api/hooks.ts';
import { useHeadSets } from '../../api/queries.ts';

export function useSavedSets(): readonly HeadSet[] {
  const { data } = useHeadSets();
  const fingerprint = useModelInfo()?.fingerprint ?? null;
  return useMemo(
    () => (data?.sets ?? []).filter(({ model, heads }) => model.fingerprint === fingerprint && heads.length > 0),
    [data, fingerprint],
  );
}
