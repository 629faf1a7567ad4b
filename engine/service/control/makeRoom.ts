/** Whoever asks for another model gets it: a job that holds the one in memory is paused, and everyone is told. */
import { resolve } from 'node:path';
import type { CallName, CallOptions } from '../../results/index.ts';
import type { Notice } from '../../results/workbench.ts';
import { kindOf, modelPath } from '../jobs/jobCalls.ts';
import type { JobQueue } from '../jobs/jobQueue.ts';
import type { RunStore } from '../runs/runStore.ts';

interface Rooms {
  readonly store: RunStore;
  readonly queue: JobQueue;
  notice(notice: Omit<Notice, 'time'>): void;
}

/** Calls that name a model and read its files only. */
const readers: ReadonlySet<CallName> = new Set(['info', 'verify', 'pruneLegality'] satisfies CallName[]);

export async function makeRoom(
  { store, queue, notice }: Rooms,
  call: CallName,
  request: unknown,
  { priority }: Pick<CallOptions, 'priority'>,
): Promise<void> {
  if (priority === 'job' || readers.has(call)) return;
  const asked = modelOf(request);
  const running = queue.jobs().find(({ state }) => state === 'running');
  const run = running === undefined ? null : store.owned(running.id);
  if (asked === null || run === null) return;
  const { job, summary } = run.record;
  const path = modelPath(job);
  if (path === null || kindOf(job).model !== 'resident' || resolve(path) === resolve(asked)) return;
  await queue.steer({ run: run.id, action: 'pause' });
  notice({ level: 'warning', text: `"${summary.title}" was paused: another model was asked for.` });
}

function modelOf(request: unknown): string | null {
  if (typeof request !== 'object' || request === null || !('model' in request)) return null;
  return typeof request.model === 'string' ? request.model : null;
}
