/** Starts what a plan says on the model and prompts that are chosen. */
import { startJob } from '../../api/jobs.ts';
import type { Workbench } from '../../api/workbench.ts';
import { measuredOn } from '../../state/workspace.ts';
import { headsSettings } from './headsSettings.ts';
import type { RunPlan } from './runPlans.ts';

/** What goes wrong is shown in a dialog. */
export function startPlan(workbench: Workbench, plan: RunPlan): void {
  const on = measuredOn(workbench.workspace.store.getState());
  if (on === null) return;
  startJob(workbench.client, plan.job(on)).then(
    (awaited) => headsSettings(workbench).setState({ awaited }),
    (error: Error) => workbench.dialogs.show({ kind: 'error', error }),
  );
}
