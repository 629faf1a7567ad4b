/** What can be done with a run. */
import type { RequestOf, ResultOf } from '../../../engine/results/contract.ts';
import type { JobRequest, RunRecord, RunSummary } from '../../../engine/results/runs.ts';
import { attempt } from '../../api/attempt.ts';
import { startJob, steerJob } from '../../api/jobs.ts';
import { saveFile } from '../../api/saveFile.ts';
import type { Workbench } from '../../api/workbench.ts';
import { copyText } from '../../parts/copyText.ts';
import { runsSettings } from './runsSettings.ts';

export type ExportFormat = RequestOf<'export'>['format'];

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

export function exportRun(workbench: Workbench, run: string, format: ExportFormat): void {
  attempt(workbench, async () => {
    const file = await (workbench.client.export({ run, format }) as Promise<ResultOf<'export'>>);
    await saveFile(file);
  });
}

/** Forms that a run of this call can be had in. */
export function formatsOf(call: RunSummary['call']): readonly ExportFormat[] {
  switch (call) {
    case 'ablate':
    case 'attribute':
      return ['heads.json', 'csv', 'parquet', 'head-vis', 'rows.jsonl', 'bundle.zip'];
    case 'importance':
      return ['heads.json', 'csv', 'parquet', 'rows.jsonl', 'bundle.zip'];
    case 'prunePlan':
      return ['heads.json', 'rows.jsonl', 'bundle.zip'];
    case 'scores':
    case 'weightScores':
      return ['csv', 'parquet', 'head-vis', 'rows.jsonl', 'bundle.zip'];
    case 'retrieve':
      return ['locos', 'csv', 'parquet', 'head-vis', 'rows.jsonl', 'bundle.zip'];
    case 'streamingHeads':
      return ['razor', 'csv', 'parquet', 'rows.jsonl', 'bundle.zip'];
    case 'duo':
      return ['duo-attention', 'csv', 'rows.jsonl', 'bundle.zip'];
    case 'duoQuality':
    case 'maskCurve':
    case 'patchGrid':
    case 'pruneCurve':
    case 'directLogits':
    case 'ablateSets':
      return ['csv', 'rows.jsonl', 'bundle.zip'];
    default:
      return ['rows.jsonl', 'bundle.zip'];
  }
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
