/** A streaming call outside React. */
import type { CallOptions, Client, EventOf, RequestOf, ResultOf, StreamName } from '../../engine/results/contract.ts';
import type { Stream } from '../../engine/results/connect.ts';
import { drain } from '../../engine/results/connect.ts';

export interface StreamOptions<C extends StreamName> extends CallOptions {
  readonly onEvent: (event: EventOf<C>) => void;
}

/** Hands each event to `onEvent` and resolves with the result. Throws Fault, Cancelled or Defect as the client does. */
export function stream<C extends StreamName>(
  client: Client,
  call: C,
  request: RequestOf<C>,
  { onEvent, ...options }: StreamOptions<C>,
): Promise<ResultOf<C>> {
  // For a name of a stream Answer is a Stream; the type system can't follow that through the generic.
  return drain(client[call](request, options) as Stream<C>, onEvent);
}
