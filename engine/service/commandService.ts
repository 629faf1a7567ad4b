/** What a command talks to: the service in this process, behind a compute process of its own, or a whole workbench with a project. */
import type { Service } from '../results/index.ts';
import type { ComputeChild } from './control/computeChild.ts';
import type { Command } from './commands/command.ts';

export interface HostedCalls {
  readonly service: Partial<Service>;
  dispose(): Promise<void>;
}

export interface Hosting {
  /** Folder of the project in which the work is kept as a run; null: it is kept nowhere. */
  readonly project: string | null;
  /** Starts a compute process; null: this process computes. */
  readonly spawn: (() => ComputeChild) | null;
}

/** Loads no more than the command needs: most of the time of a short one is spent on that. */
export async function commandService({ calls }: Command, { project, spawn }: Hosting): Promise<HostedCalls> {
  if (calls === 'none') return { service: {}, dispose: async () => undefined };
  if (project !== null && calls === 'records') return withRecords(project);
  if (project !== null) return withProject(project, spawn);
  return spawn === null || calls === 'headers' ? inThisProcess() : inAnother(spawn);
}

async function inThisProcess(): Promise<HostedCalls> {
  const { createService } = await import('./service.ts');
  return createService();
}

async function inAnother(spawn: () => ComputeChild): Promise<HostedCalls> {
  const { ComputeSupervisor } = await import('./control/computeSupervisor.ts');
  const { forwarded } = await import('./control/forwarded.ts');
  const supervisor = new ComputeSupervisor({ spawn });
  return { service: forwarded(() => supervisor.client), dispose: () => supervisor.dispose() };
}

async function withRecords(project: string): Promise<HostedCalls> {
  const { RunStore } = await import('./runs/runStore.ts');
  const { recordCalls } = await import('./runs/recordCalls.ts');
  return { service: recordCalls(await RunStore.open(project)), dispose: async () => undefined };
}

async function withProject(project: string, spawn: Hosting['spawn']): Promise<HostedCalls> {
  const { createWorkbench } = await import('./control/workbench.ts');
  const { computeHere } = await import('./control/computeHere.ts');
  return createWorkbench({ project, spawn: spawn ?? computeHere });
}
