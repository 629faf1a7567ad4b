/** The curve that is looked at, and what it measures: that of a run, or what the settings prepare. */
import type { RequestOf } from '../../../engine/results/contract.ts';
import { useWorkspace } from '../../api/hooks.ts';
import { useRecord } from '../../api/queries.ts';
import { useStable } from '../../api/useStable.ts';
import type { PruneModel } from './pruneModel.ts';
import type { PruneRuns } from './pruneRuns.ts';
import { shownRun, usePruneRuns } from './pruneRuns.ts';
import { usePrune } from './pruneSettings.ts';
import type { Scene } from './scene.ts';
import { preparedScene, sceneOf } from './scene.ts';
import { useImportance } from './useImportance.ts';
import { useStays } from './useStays.ts';

export interface ShownScene {
  readonly runs: PruneRuns;
  /** Of the curve; null where it is not measured. */
  readonly run: string | null;
  /** Null while a run is read, and where the settings allow none. */
  readonly scene: Scene | null;
  /** Of the settings, or in words what is in the way. */
  readonly prepared: Scene | string;
}

/** As the settings say, whatever is looked at. */
function usePrepared(model: PruneModel): Scene | string {
  const settings = usePrune((state) => state);
  const prompts = useWorkspace((state) => state.prompts);
  const { view } = useImportance();
  const unit = view?.header.unit === 'head' ? 'head' : 'kv-group';
  const stays = useStays(model, unit);
  return useStable(preparedScene({ settings, model, prompts, view, stays: new Set(stays.keys()) }));
}

export function useScene(model: PruneModel): ShownScene {
  const prepared = usePrepared(model);
  const runs = usePruneRuns('pruneCurve');
  const chosen = usePrune((settings) => settings.curve);
  const run = chosen === 'prepared' ? null : shownRun(runs.list, chosen);
  const measured = useMeasured(run);
  const ready = typeof prepared === 'string' ? null : prepared;
  return { runs, run, prepared, scene: useStable(run === null ? ready : measured) };
}

function useMeasured(run: string | null): Scene | null {
  const { data } = useRecord(run);
  const job = data?.record.summary.id === run ? data?.record.job : undefined;
  return job?.call === 'pruneCurve' ? sceneOf(job.request satisfies RequestOf<'pruneCurve'>) : null;
}
