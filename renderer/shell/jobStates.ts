/** Which jobs go on, and which one the tray shows. */
import type { RunSummary } from '../../engine/results/runs.ts';

export function isActive({ state }: RunSummary): boolean {
  return state === 'running' || state === 'paused' || state === 'queued' || state === 'waiting';
}

/** The one that runs, else one that waits to. */
export function shownJob(jobs: readonly RunSummary[]): RunSummary | null {
  const states: readonly RunSummary['state'][] = ['running', 'paused', 'waiting', 'queued'];
  const found = states.map((state) => jobs.findLast((job) => job.state === state));
  return found.find((job) => job !== undefined) ?? null;
}

/** What can be done with a job in this state. */
export function actionsOf(state: RunSummary['state']): readonly ('pause' | 'resume' | 'cancel')[] {
  switch (state) {
    case 'running':
    case 'queued':
    case 'waiting':
      return ['pause', 'cancel'];
    case 'paused':
      return ['resume', 'cancel'];
    case 'cancelled':
    case 'failed':
    case 'interrupted':
      return ['resume'];
    case 'done':
      return [];
  }
}
