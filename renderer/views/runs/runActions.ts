/** What can be done with a run. */
import type { RequestOf, ResultOf } from '../../../engine/results/contract.ts';
import type { JobRequest, RunRecord, RunSummary } from '../../../engine/results/runs.ts';
import { attempt } from '../../api/attempt.ts';
import { startJob, steerJob } from '../../api/jobs.ts';
import type { Workbench } from '../../api/workbench.ts';
import { copyText } from '../../parts/copyText.ts';
import { runsSettings } from './runsSettings.ts';

/** Calls whose repetition gives rows to compare: training goes on in its own folder, a download is there already. */
export function isRepeatable(call: RunSummary['call']): boolean {
  return call !== 'train' && call !== 'pull';
}

/** The same again, to be compared with this one once it is done. */
export function rerun(workbench: Workbench, { job, summary }: RunRecord): void {
  const { id, title } = summary;
  attempt(workbench, async () => choose(workbench, await startJob(workbench.client, job, { title, from: id }), id));
}

/** Something alike, which remembers what it came from. */
export async function fork(workbench: Workbench, from: string, job: JobRequest): Promise<void> {
  choose(workbench, await startJob(workbench.client, job, { from }), from);
}

/** The new run, beside the one it came from. */
function choose(workbench: Workbench, run: string, other: string): void {
  workbench.workspace.set({ run });
  runsSettings(workbench).setState({ tab: 'compare', other, isBin: false, isForking: false });
}

/** Into the bin, or back; the next run of the list is then looked at. */
export function moveRun(workbench: Workbench, { id, title }: RunSummary, restore: boolean): void {
  attempt(workbench, async () => {
    await workbench.client.bin({ run: id, restore });
    runsSettings(workbench).setState({ said: `${restore ? 'Restored' : 'In the bin'}: ${title}` });
    await workbench.queries.invalidateQueries({ queryKey: ['runs'] });
  });
}

export function labelRun(workbench: Workbench, words: RequestOf<'label'>): void {
  attempt(workbench, async () => {
    await workbench.client.label(words);
    await Promise.all(['runs', 'record'].map((call) => workbench.queries.invalidateQueries({ queryKey: [call] })));
  });
}

export function resumeAll(workbench: Workbench, runs: readonly RunSummary[]): void {
  for (const { id } of runs) steerJob(workbench, id, 'resume');
}

export function copyDiagnostics(workbench: Workbench): void {
  attempt(workbench, async () => {
    const { text } = await (workbench.client.diagnostics({}) as Promise<ResultOf<'diagnostics'>>);
    await copyText(text);
    runsSettings(workbench).setState({ said: 'Diagnostics are copied: versions, machine, last errors; no prompts.' });
  });
}
