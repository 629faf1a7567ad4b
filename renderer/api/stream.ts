/** A streaming call outside React. */
import type { Client, EventOf, RequestOf, ResultOf, StreamName } from '../../engine/results/contract.ts';
import type { Stream } from '../../engine/results/connect.ts';
import { drain } from '../../engine/results/connect.ts';

export interface StreamOptions<C extends StreamName> {
  readonly onEvent: (event: EventOf<C>) => void;
  readonly signal?: AbortSignal;
}

/** Hands each event to `onEvent` and resolves with the result. Throws Fault, Cancelled or Defect as the client does. */
export function stream<C extends StreamName>(
  client: Client,
  call: C,
  request: RequestOf<C>,
  { onEvent, signal }: StreamOptions<C>,
): Promise<ResultOf<C>> {
  const options = signal === undefined ? {} : { signal };
  // For a name of a stream Answer is a Stream; the type system can't follow that through the generic.
  return drain(client[call](request, options) as Stream<C>, onEvent);
}
