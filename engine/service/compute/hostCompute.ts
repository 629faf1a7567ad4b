/** The compute process behind any carrier: the calls of the engine, each run by the priority that it is asked with. */
import type { ComputeService } from '../../results/index.ts';
import { serve } from '../../results/index.ts';
import type { ServerPort } from '../../results/protocol.ts';
import { prioritised, withPriority } from '../../run/turns.ts';
import { createService } from '../service.ts';
import { wrapCalls } from '../wrapCalls.ts';
import { endingPort } from './endingPort.ts';

/** Resolves when the other side has gone and what it asked for has stopped. */
export async function hostCompute(port: ServerPort): Promise<void> {
  const { service, dispose } = createService();
  let ended: () => void = () => undefined;
  const end = new Promise<void>((resolve) => (ended = resolve));
  const server = serve(byPriority(service), endingPort(port, ended));
  await end;
  await server.close();
  await dispose();
}

/** The same calls, each of whose programs takes its turn by the call's priority. */
function byPriority(service: ComputeService): ComputeService {
  return wrapCalls(service, (_call, method) => (request, options) => {
    const { priority } = options;
    const answer = withPriority(priority, () => method(request, options));
    return answer instanceof Promise ? answer : prioritised(priority, answer);
  });
}
