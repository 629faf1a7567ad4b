/** Real compute processes for tests: the compiled one, and one that hangs. */
import { fork } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { ComputeChild } from '../../engine/service/control/computeChild.ts';
import { forkCompute } from '../../engine/service/control/forkCompute.ts';
import { computeEntry } from '../../engine/service/packagePlaces.ts';
import { processPort } from '../../engine/service/transports/processPort.ts';
import { newFolder } from './project.ts';

export const isBuilt = existsSync(computeEntry);

const started: ComputeChild[] = [];

afterEach(() => {
  for (const child of started.splice(0)) child.kill();
});

/** Every child that it has started, the living one last. */
export interface Spawner {
  readonly children: readonly ComputeChild[];
  spawn(): ComputeChild;
}

/** Starts `first` ones, then real ones. */
export function spawner(...first: readonly (() => ComputeChild)[]): Spawner {
  const children: ComputeChild[] = [];
  const spawn = () => {
    const child = (first[children.length] ?? forkCompute)();
    children.push(child);
    started.push(child);
    return child;
  };
  return { children, spawn };
}

/** A process whose event loop stands still from its first message on, as in a native call that never returns. */
export function hangingCompute(): ComputeChild {
  const script = join(newFolder(), 'hanging.mjs');
  writeFileSync(script, "process.on('message', () => { for (;;); });\n");
  const child = fork(script, [], { serialization: 'advanced', execArgv: [] });
  const exited = new Promise<string>((resolve) => child.once('exit', (_code, signal) => resolve(`signal ${signal}`)));
  return { port: processPort(child), exited, kill: () => void child.kill('SIGKILL') };
}

/** A process that ends as soon as it has started. */
export function brokenCompute(): ComputeChild {
  const script = join(newFolder(), 'broken.mjs');
  writeFileSync(script, 'process.exit(3);\n');
  const child = fork(script, [], { serialization: 'advanced', execArgv: [] });
  const exited = new Promise<string>((resolve) => child.once('exit', (code) => resolve(`code ${code}`)));
  return { port: processPort(child), exited, kill: () => void child.kill('SIGKILL') };
}
