/** The plan or curve that is looked at, and what it measures: that of a run, or what the settings prepare. */
import { useMemo } from 'react';
import type { RequestOf } from '../../../engine/results/contract.ts';
import type { PlanBasis } from '../../../engine/results/planBasis.ts';
import type { JobRequest, RunSummary } from '../../../engine/results/runs.ts';
import { useRun, useWorkspace } from '../../api/hooks.ts';
import { useRecord } from '../../api/queries.ts';
import { useStable } from '../../api/useStable.ts';
import type { PromptsChoice } from '../../state/workspace.ts';
import type { PlanView } from './planFold.ts';
import { planOf } from './planFold.ts';
import type { PruneModel } from './pruneModel.ts';
import type { PruneRuns } from './pruneRuns.ts';
import { shownRun, usePlanRuns, useRunRows } from './pruneRuns.ts';
import { usePrune } from './pruneSettings.ts';
import type { Prepared, Scene } from './scene.ts';
import { preparedScene, sceneOf, sceneOfPlan } from './scene.ts';
import { useImportance } from './useImportance.ts';
import { useProtects } from './useStays.ts';

export interface ShownPlan {
  readonly view: PlanView;
  readonly request: RequestOf<'prunePlan'>;
}

export interface ShownScene {
  readonly runs: PruneRuns;
  /** Of the plan or curve; null where it is not measured. */
  readonly run: string | null;
  /** Null while a run is read or a plan is made, and where the settings allow none. */
  readonly scene: Scene | null;
  /** By what the scene's order was made; null where its run does not say. */
  readonly basis: PlanBasis | null;
  /** Of a run that plans. */
  readonly plan: ShownPlan | null;
  /** Of the settings, or in words what is in the way. */
  readonly prepared: Prepared | string;
}

/** As the settings say, whatever is looked at. */
function usePrepared(model: PruneModel): Prepared | string {
  const settings = usePrune((state) => state);
  const prompts = useWorkspace((state) => state.prompts);
  const { view } = useImportance();
  const protects = useProtects();
  return useStable(preparedScene({ settings, model, prompts, view, protects }));
}

export function useScene(model: PruneModel): ShownScene {
  const prepared = usePrepared(model);
  const runs = usePlanRuns();
  const chosen = usePrune((settings) => settings.curve);
  const run = chosen === 'prepared' ? null : shownRun(runs.list, chosen);
  const measured = useMeasured(run);
  const ofSettings = typeof prepared === 'string' ? nothing : { ...prepared, plan: null };
  const { scene, basis, plan } = run === null ? ofSettings : measured;
  return { runs, run, prepared, plan, basis: useStable(basis), scene: useStable(scene) };
}

type Measured = Pick<ShownScene, 'scene' | 'basis' | 'plan'>;
const nothing: Measured = { scene: null, basis: null, plan: null };

function useMeasured(run: string | null): Measured {
  const { data } = useRecord(run);
  const rows = useRunRows(run);
  const { withTask } = usePrune((settings) => settings);
  const prompts = useWorkspace((state) => state.prompts);
  const plan = useMemo(() => planOf(rows), [rows]);
  const state = useRun(run)?.summary?.state;
  const job = data?.record.summary.id === run ? data?.record.job : undefined;
  if (job === undefined) return nothing;
  const measured = measuredOf(job, plan, withTask ? prompts : null);
  // While a plan is made, the slider would get in its way.
  return job.call === 'prunePlan' && (state === undefined || moving.has(state))
    ? { ...measured, scene: null }
    : measured;
}

const moving: ReadonlySet<RunSummary['state']> = new Set(['queued', 'waiting', 'running', 'paused']);

function measuredOf(job: JobRequest, plan: PlanView, task: PromptsChoice | null): Measured {
  if (job.call === 'pruneCurve') {
    const request: RequestOf<'pruneCurve'> = job.request;
    return { scene: sceneOf(request), basis: request.basis ?? null, plan: null };
  }
  if (job.call !== 'prunePlan') return nothing;
  const request: RequestOf<'prunePlan'> = job.request;
  const { costs, protect, minPerLayer, rescore } = request;
  const order = plan.steps.map(({ layer, index }) => ({ layer, index }));
  return {
    scene: sceneOfPlan(request, order, task),
    basis: { ...(costs === undefined ? {} : { costs }), protect, minPerLayer, rescore },
    plan: { view: plan, request },
  };
}
