/** A compute "process" that is this one: for tests and scripts. It can't be ended while a program runs. */
import { pair } from '../../results/index.ts';
import { hostCompute } from '../compute/hostCompute.ts';
import type { ComputeChild } from './computeChild.ts';

export function computeHere(): ComputeChild {
  const { client, server } = pair();
  const exited = hostCompute(server).then(
    () => 'code 0',
    (error: unknown) => String(error),
  );
  return { port: client, exited, kill: () => client.close() };
}
