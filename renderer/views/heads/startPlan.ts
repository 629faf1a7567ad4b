/** Starts what a plan says on the model and prompts that are chosen. */
import { attempt } from '../../api/attempt.ts';
import { startJob } from '../../api/jobs.ts';
import type { Workbench } from '../../api/workbench.ts';
import { measuredOn } from '../../state/workspace.ts';
import { headsSettings } from './headsSettings.ts';
import type { RunPlan } from './runPlans.ts';

export function startPlan(workbench: Workbench, plan: RunPlan): void {
  const { workspace, client } = workbench;
  const on = measuredOn(workspace.store.getState());
  if (on === null) return;
  attempt(workbench, async () => {
    const run = await startJob(client, plan.job(on));
    headsSettings(workbench).setState({ awaited: { run, insteadOf: workspace.store.getState().measure } });
  });
}
