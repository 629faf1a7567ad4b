/** Starting and steering jobs. */
import type { AblationHeader } from '../../engine/results/ablation.ts';
import type { Client, RequestOf, ResultOf } from '../../engine/results/contract.ts';
import type { JobRequest } from '../../engine/results/runs.ts';
import { ablationTitle } from './measuresOfRun.ts';

export type JobOptions = Omit<RequestOf<'start'>, 'job'>;

/** Puts a job in the queue and gives the id of its run. Throws the engine's Fault where the request can't be met. */
export async function startJob(client: Client, job: JobRequest, options: JobOptions = {}): Promise<string> {
  const { run } = await (client.start({ title: titleOf(job), ...options, job }) as Promise<ResultOf<'start'>>);
  return run;
}

export async function steerJob(client: Client, run: string, action: RequestOf<'steer'>['action']): Promise<void> {
  await client.steer({ run, action });
}

/** `Zero ablation of heads, ioi`. */
export function titleOf(job: JobRequest): string {
  switch (job.call) {
    case 'ablate': {
      const { ablation, scale, unit, prompts } = job.request;
      return `${ablationTitle({ ablation, scale: scale ?? null })} of ${unitNames[unit]}, ${promptsName(prompts)}`;
    }
    case 'ablateSets':
      return `${setNames[job.request.sets.kind]}, ${job.request.ablation}, ${promptsName(job.request.prompts)}`;
    case 'patchGrid':
      return `Patching, ${targetName(job.request.target)}, ${promptsName(job.request.prompts)}`;
    case 'attribute':
      return `Attribution (${job.request.method}), ${promptsName(job.request.prompts)}`;
    case 'scores':
      return `Head scores, ${promptsName(job.request.prompts)}`;
    case 'capture':
      return `Capture of ${job.request.sites.join(', ')}`;
    case 'task':
      return `Task ${job.request.task}`;
    case 'train':
      return `Training of ${lastPart(job.request.out)}`;
    case 'pull':
      return `Download of ${job.request.repository}`;
    case 'verify':
      return `Check of the weights of ${lastPart(job.request.model)}`;
  }
}

const unitNames: Readonly<Record<AblationHeader['unit'], string>> = {
  head: 'heads',
  'kv-group': 'KV groups',
  layer: 'layers',
  mlp: 'MLPs',
};

const setNames = { pairs: 'Pairs of heads', greedy: 'Greedy set of heads', list: 'Sets of heads' } as const;

function targetName(target: Extract<JobRequest, { call: 'patchGrid' }>['request']['target']): string {
  switch (target.kind) {
    case 'positions':
      return target.site;
    case 'heads':
      return 'heads';
    case 'headPositions':
      return `L${target.head.layer}H${target.head.head} by position`;
  }
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

function lastPart(path: string): string {
  return path.split(/[\\/]/).filter(Boolean).at(-1) ?? path;
}
