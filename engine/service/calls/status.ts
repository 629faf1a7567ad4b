/** Which model is in memory and how much memory the process takes, as they change. */
import { setTimeout } from 'node:timers/promises';
import type { ComputeService, EventOf } from '../../results/index.ts';
import { Cancelled } from '../../results/index.ts';
import type { OpenModels } from '../openModels.ts';
import { identityOf } from './identity.ts';

type Status = EventOf<'status'>;

/** Milliseconds between two looks at the memory. */
const LOOK_EVERY = 1000;
/** Share by which the memory must differ to be told. */
const NOTABLE = 0.01;

export function statusCall(models: OpenModels): ComputeService['status'] {
  return async function* status(_request, { signal }) {
    let told: Status | null = null;
    while (!signal.aborted) {
      const now = statusOf(models);
      if (told === null || isNews(now, told)) yield (told = now);
      else await nextLook(models, signal);
    }
    throw new Cancelled();
  };
}

function statusOf({ held }: OpenModels): Status {
  const resident =
    held === null ? null : { path: held.path, model: identityOf(held.model), shape: held.model.family.shape };
  return { kind: 'status', resident, memory: process.memoryUsage.rss() };
}

function isNews(now: Status, told: Status): boolean {
  const isSameModel =
    now.resident?.path === told.resident?.path && now.resident?.model.weights === told.resident?.model.weights;
  return !isSameModel || Math.abs(now.memory - told.memory) > NOTABLE * told.memory;
}

/** Resolves after a second, when the model changes, or when the signal aborts. */
async function nextLook(models: OpenModels, signal: AbortSignal): Promise<void> {
  const woken = new AbortController();
  const stop = models.onChange(() => woken.abort());
  await setTimeout(LOOK_EVERY, undefined, { signal: AbortSignal.any([signal, woken.signal]) }).catch(() => undefined);
  stop();
}
