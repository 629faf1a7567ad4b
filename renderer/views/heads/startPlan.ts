/** Starts what a plan says on the model and prompts that are chosen. */
import { attempt } from '../../api/attempt.ts';
import { callQuery } from '../../api/callQuery.ts';
import { startJob } from '../../api/jobs.ts';
import type { Workbench } from '../../api/workbench.ts';
import { measuredOn } from '../../state/workspace.ts';
import { headsSettings } from './headsSettings.ts';
import type { RunPlan } from './runPlans.ts';

export function startPlan(workbench: Workbench, plan: RunPlan): void {
  const { workspace, client, queries } = workbench;
  const on = measuredOn(workspace.store.getState());
  if (on === null) return;
  attempt(workbench, async () => {
    const { shape } = await queries.fetchQuery(callQuery(client, 'info', { model: on.model }));
    const run = await startJob(client, plan.job(on, shape.context));
    headsSettings(workbench).setState({ awaited: { run, insteadOf: workspace.store.getState().measure } });
  });
}
