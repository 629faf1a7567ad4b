/** Starts a compute process as a child of this one. */
import { fork } from 'node:child_process';
import { computeEntry } from '../packagePlaces.ts';
import { processPort } from '../transports/processPort.ts';
import type { ComputeChild } from './computeChild.ts';

export function forkCompute(): ComputeChild {
  const child = fork(computeEntry, [], {
    serialization: 'advanced',
    execArgv: [],
    // Standard output belongs to results.
    stdio: ['ignore', 2, 2, 'ipc'],
  });
  const exited = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal === null ? `code ${code}` : `signal ${signal}`));
  });
  return { port: processPort(child), exited, kill: () => void child.kill('SIGKILL') };
}
