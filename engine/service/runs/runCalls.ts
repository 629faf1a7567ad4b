/** The calls about runs: those that start and steer jobs, and those that read what is on disk. */
import type { ControlService } from '../../results/index.ts';
import type { JobQueue } from '../jobs/jobQueue.ts';
import { recordCalls } from './recordCalls.ts';
import type { RunStore } from './runStore.ts';

type RunCalls = ReturnType<typeof recordCalls> & Pick<ControlService, 'start' | 'steer'>;

/** `queue` is one over the same store. */
export function runCalls(store: RunStore, queue: JobQueue): RunCalls {
  const calls = recordCalls(store);
  return {
    ...calls,
    start: async (request) => ({ run: await queue.start(request) }),
    steer: async (request) => ({ state: await queue.steer(request) }),
    label: async (request, options) => {
      const labelled = await calls.label(request, options);
      queue.tellOf(labelled.summary);
      return labelled;
    },
    bin: async (request, options) => {
      const moved = await calls.bin(request, options);
      queue.tellOf(null);
      return moved;
    },
  };
}
