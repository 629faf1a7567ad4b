/** Starting and steering jobs. */
import type { Client, RequestOf, ResultOf } from '../../engine/results/contract.ts';
import type { JobRequest } from '../../engine/results/runs.ts';
import { attempt } from './attempt.ts';
import type { Workbench } from './workbench.ts';

/** Without a title the engine gives one: `Zero ablation of heads, ioi`. */
export type JobOptions = Omit<RequestOf<'start'>, 'job'>;

/** Puts a job in the queue and gives the id of its run. Throws the engine's Fault where the request can't be met. */
export async function startJob(client: Client, job: JobRequest, options: JobOptions = {}): Promise<string> {
  const { run } = await (client.start({ ...options, job }) as Promise<ResultOf<'start'>>);
  return run;
}

export function steerJob(workbench: Workbench, run: string, action: RequestOf<'steer'>['action']): void {
  attempt(workbench, async () => {
    await workbench.client.steer({ run, action });
  });
}

/** What prompts are called. */
export function promptsName(prompts: RequestOf<'scores'>['prompts']): string {
  switch (prompts.kind) {
    case 'task':
      return prompts.task;
    case 'file':
      return prompts.file.name;
    case 'repeated':
      return 'repeated random tokens';
  }
}
