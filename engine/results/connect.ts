/** Port -> client, derived from the contract. The counterpart of serve.ts. Imports terms only. */
import type { Answer, CallName, CallOptions, Client, EventOf, RequestOf, ResultOf, StreamName } from './contract.ts';
import { contract } from './contract.ts';
import { Cancelled, Defect, fromRecord } from './errors.ts';
import type { ClientPort, ServerMessage } from './protocol.ts';
import { protocolVersion, serverMessage } from './protocol.ts';

type Incoming = ServerMessage | { readonly kind: 'closed' } | { readonly kind: 'cancelled' };

/**
 * Errors: Fault as the service threw it, Cancelled once the signal aborts (what came before is delivered first),
 * Defect for anything else. Leaving a `for await` early cancels the call.
 */
export function connect(port: ClientPort): Client {
  const calls = new Map<number, (message: Incoming) => void>();
  let lastId = 0;
  let closed = false;

  port.listen(
    (message) => {
      const parsed = serverMessage.safeParse(message);
      if (parsed.success) calls.get(parsed.data.id)?.(parsed.data);
    },
    () => {
      closed = true;
      calls.forEach((deliver) => deliver({ kind: 'closed' }));
    },
  );

  async function* events(
    call: CallName,
    request: unknown,
    signal?: AbortSignal,
  ): AsyncGenerator<unknown, unknown, void> {
    if (signal?.aborted === true) throw new Cancelled();
    if (closed) throw new Defect(`${call}: the connection is closed`);
    const id = ++lastId;
    const inbox = new Inbox();
    const abort = () => inbox.put({ kind: 'cancelled' });
    let finished = false;
    calls.set(id, inbox.put);
    signal?.addEventListener('abort', abort, { once: true });
    try {
      port.send({ kind: 'call', id, version: protocolVersion, call, request });
      for (;;) {
        const message = await inbox.take();
        if (message.kind === 'event') {
          yield checkEvent(call, message.event);
          continue;
        }
        if (message.kind === 'cancelled') throw new Cancelled();
        finished = true;
        return finalResult(call, message);
      }
    } finally {
      if (!finished) port.send({ kind: 'cancel', id });
      signal?.removeEventListener('abort', abort);
      calls.delete(id);
    }
  }

  return derive(events);
}

type Events = (call: CallName, request: unknown, signal?: AbortSignal) => AsyncGenerator<unknown, unknown, void>;

function derive(events: Events): Client {
  const method = <C extends CallName>(call: C) => {
    return (request: RequestOf<C>, options?: CallOptions): Answer<C> => {
      const stream = events(call, request, options?.signal);
      // `streams` decides between the two forms of Answer<C>, which the type system can't follow through a generic.
      return (contract[call].streams ? stream : lastOf(stream)) as Answer<C>;
    };
  };
  const entries = (Object.keys(contract) as CallName[]).map((call) => [call, method(call)] as const);
  return Object.fromEntries(entries) as Client;
}

async function lastOf(events: AsyncGenerator<unknown, unknown, void>): Promise<unknown> {
  return drain(events, () => undefined);
}

function checkEvent(call: CallName, event: unknown): unknown {
  const declaration = contract[call];
  if (!declaration.streams) throw new Defect(`${call}: an event from a call that has none`);
  const parsed = declaration.event.safeParse(event);
  if (!parsed.success) throw new Defect(`${call}: event is not as declared: ${parsed.error.message}`);
  return parsed.data;
}

function finalResult(call: CallName, message: Exclude<Incoming, { kind: 'event' | 'cancelled' }>): unknown {
  if (message.kind === 'closed') throw new Defect(`${call}: the connection closed before the call ended`);
  if (message.kind === 'error') throw fromRecord(message.error);
  const parsed = contract[call].result.safeParse(message.result);
  if (!parsed.success) throw new Defect(`${call}: result is not as declared: ${parsed.error.message}`);
  return parsed.data;
}

/** Messages in the order in which they came, one reader. */
class Inbox {
  readonly #queue: Incoming[] = [];
  #wake: (() => void) | null = null;

  readonly put = (message: Incoming): void => {
    this.#queue.push(message);
    this.#wake?.();
  };

  async take(): Promise<Incoming> {
    for (;;) {
      const message = this.#queue.shift();
      if (message !== undefined) return message;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

/** Runs a stream to its end, handing each event to `onEvent`; returns the stream's result. */
export async function drain<E, R>(
  stream: AsyncGenerator<E, R, void>,
  onEvent: (event: E) => void | Promise<void>,
): Promise<R> {
  for (;;) {
    const step = await stream.next();
    if (step.done === true) return step.value;
    await onEvent(step.value);
  }
}

export type Stream<C extends StreamName> = AsyncGenerator<EventOf<C>, ResultOf<C>, void>;
