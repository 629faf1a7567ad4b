/** The calls of a compute process, made of whichever one there is at that time. */
import type { CallName, ComputeCall, ComputeService } from '../../results/index.ts';
import { contract, controlCalls } from '../../results/index.ts';
import type { Method } from '../wrapCalls.ts';
import type { ComputeClient } from './computeLife.ts';

const computeCalls = (Object.keys(contract) as CallName[]).filter(isComputeCall);

function isComputeCall(call: CallName): call is ComputeCall {
  return !(controlCalls as readonly CallName[]).includes(call);
}

/** `client` is asked at each call. */
export function forwarded(client: () => ComputeClient): ComputeService {
  const entries = computeCalls.map((call) => {
    const method: Method = (request, options) => (client()[call] as Method)(request, options);
    return [call, method] as const;
  });
  // Each has the type of the client's own method, which no mapped type can follow.
  return Object.fromEntries(entries) as unknown as ComputeService;
}
