/** A unary call as a query: its key is the call and the request, and it is cancelled when nobody waits for it. */
import type { CallName, Client, RequestOf, ResultOf, StreamName } from '../../engine/results/contract.ts';
import { keyOf } from './useStable.ts';

export type UnaryName = Exclude<CallName, StreamName>;

export function callQuery<C extends UnaryName>(client: Client, call: C, request: RequestOf<C>) {
  return {
    queryKey: [call, keyOf(request)] as const,
    // For a name of a unary call Answer is a promise; the type system can't follow that through the generic.
    queryFn: ({ signal }: { readonly signal: AbortSignal }) =>
      client[call](request, { signal }) as Promise<ResultOf<C>>,
  };
}
