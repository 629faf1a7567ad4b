/** Does what a step of a tour says. */
import type { HeadMeasure } from '../api/measuresOfRun.ts';
import { startJob } from '../api/jobs.ts';
import { rankHeads } from '../api/rankHeads.ts';
import type { Workbench } from '../api/workbench.ts';
import { measuredOn } from '../state/workspace.ts';
import type { TourMeasure, TourStep } from './tours.ts';

export function measureOf(list: readonly HeadMeasure[], wanted: TourMeasure): HeadMeasure | null {
  const fits = (measure: HeadMeasure) =>
    'score' in wanted
      ? measure.call === 'scores' && measure.id.endsWith(`/${wanted.score}`)
      : measure.call === 'ablate' && measure.short === wanted.effect && measure.of === 'head';
  return list.find(fits) ?? null;
}

/** Shows the place even where the measure is not there. */
export function takeStep({ workspace, selection, measures }: Workbench, step: TourStep): void {
  workspace.goTo(step.place);
  const measure = step.measure === undefined ? null : measureOf(measures.list(), step.measure);
  if (measure === null) return;
  workspace.set({ measure: measure.id });
  const first = rankHeads(measure).slice(0, step.choose ?? 0);
  const heads = first.map((at) => ({ layer: Math.floor(at / measure.heads), head: at % measure.heads }));
  if (heads[0] === undefined) return;
  selection.setPrimary(heads[0]);
  selection.setSet(heads);
}

/** Starts the run that a step needs. */
export async function startRunFor({ client, workspace }: Workbench, wanted: TourMeasure): Promise<void> {
  const on = measuredOn(workspace.store.getState());
  if (on === null) return;
  if ('effect' in wanted) {
    await startJob(client, { call: 'ablate', request: { ...on, ablation: wanted.effect, unit: 'head' } });
    return;
  }
  const { prompts: _, ...model } = on;
  const repeated = { kind: 'repeated', n: 16, seed: on.seed, bos: 'model' } as const;
  await startJob(client, { call: 'scores', request: { ...model, prompts: repeated } });
}
