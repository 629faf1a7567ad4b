/** A workbench in Node over an in-memory pair: calls do what a test says, frames come when it says. */
import type { Connection } from '../../../renderer/api/connection.ts';
import { createConnection } from '../../../renderer/api/connection.ts';
import type { Schedule } from '../../../renderer/api/frame.ts';
import type { Service } from '../../../engine/results/index.ts';
import { pair, serve } from '../../../engine/results/index.ts';
import { fakeService } from '../../results/fakeService.ts';

export function connectTo(calls: Partial<Service>): Connection {
  return createConnection(async () => {
    const { client, server } = pair();
    serve(fakeService(calls), server);
    return client;
  });
}

/** Frames that a test draws. */
export interface Frames {
  readonly schedule: Schedule;
  readonly draw: () => void;
}

export function createFrames(): Frames {
  let waiting: (() => void)[] = [];
  return {
    schedule: (callback) => {
      waiting.push(callback);
      return () => {
        waiting = waiting.filter((other) => other !== callback);
      };
    },
    draw: () => {
      const now = waiting;
      waiting = [];
      for (const callback of now) callback();
    },
  };
}

/** Lets messages that are on their way arrive. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
}
