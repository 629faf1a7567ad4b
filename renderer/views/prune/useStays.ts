/** What the settings protect, by the scores that are measured. */
import { useHeadMeasures, useSelection } from '../../api/hooks.ts';
import type { HeadMeasure } from '../../api/measuresOfRun.ts';
import { usePrune } from './pruneSettings.ts';
import type { SceneSources } from './scene.ts';

/** The newest scores that can protect heads; null where none was measured. */
export interface Protectors {
  readonly retrieval: HeadMeasure | null;
  readonly induction: HeadMeasure | null;
}

export function useProtectors(): Protectors {
  const measures = useHeadMeasures();
  const newest = (score: string) => measures.find(({ id }) => id.endsWith(`/${score}`)) ?? null;
  return { retrieval: newest('legacy'), induction: newest('induction') };
}

export function useProtects(): SceneSources['protects'] {
  const { keepSet, keepRetrieval, keepInduction } = usePrune((settings) => settings);
  const { retrieval, induction } = useProtectors();
  const set = useSelection((state) => state.set);
  return {
    set: keepSet ? set : [],
    retrieval: keepRetrieval ? (retrieval?.values ?? null) : null,
    induction: keepInduction ? (induction?.values ?? null) : null,
  };
}
