/** Files of the plan at the slider's place: of its own run where that is all of it, else of one that measures this part. */
import { useState } from 'react';
import type { RequestOf, ResultOf } from '../../../engine/results/contract.ts';
import { attempt } from '../../api/attempt.ts';
import { startJob } from '../../api/jobs.ts';
import { saveFile } from '../../api/saveFile.ts';
import { useRun } from '../../api/hooks.ts';
import { keyOf } from '../../api/useStable.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { planFileRequest } from './planRequests.ts';
import { useChangePrune, usePrune } from './pruneSettings.ts';
import type { ShownScene } from './useScene.ts';

export interface PlanFile {
  /** The run that says it; null where it is still to be measured. */
  readonly run: string | null;
  readonly isDone: boolean;
  /** Starts measuring; null where the order does not say by what it was made. */
  readonly measure: (() => void) | null;
  readonly save: (format: PlanFormat) => void;
  /** What is to be known of the files that were saved. */
  readonly notes: readonly string[];
}

/** The plan with its evidence, or the heads that go alone. */
export type PlanFormat = Extract<RequestOf<'export'>['format'], 'heads.json' | 'hf-heads' | 'head-mask'>;

/** `heads` query heads go: those of the first units of the scene. */
export function usePlanFile({ scene, basis, run, plan }: ShownScene, heads: number, units: number): PlanFile {
  const workbench = useWorkbench();
  const [notes, setNotes] = useState<readonly string[]>([]);
  const change = useChangePrune();
  const { draws, planFile } = usePrune((settings) => settings);
  const request = scene === null || basis === null ? null : planFileRequest(scene, basis, { heads, draws });
  const own = plan !== null && plan.view.steps.length === units ? run : null;
  const asked = keyOf(request);
  const of = own ?? (planFile?.asked === asked ? planFile.run : null);
  const state = useRun(of)?.summary?.state;
  const start = () =>
    attempt(workbench, async () => {
      if (request === null) return;
      const title = `Plan of ${heads} heads for heads.json`;
      const started = await startJob(workbench.client, { call: 'prunePlan', request }, { title });
      change({ planFile: { run: started, asked } });
    });
  const save = (format: PlanFormat) =>
    attempt(workbench, async () => {
      if (of === null) return;
      const wanted = { run: of, format, ...(format === 'heads.json' ? {} : { metric: 'plan.head' }) };
      const file = await (workbench.client.export(wanted) as Promise<ResultOf<'export'>>);
      setNotes(file.notes);
      await saveFile(file);
    });
  return { run: of, isDone: state === 'done', measure: request === null ? null : start, save, notes };
}
