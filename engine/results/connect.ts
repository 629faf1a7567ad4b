/** Port -> client, derived from the contract. The counterpart of serve.ts. Imports terms only. */
import type { Answer, CallName, CallOptions, Client, EventOf, RequestOf, ResultOf, StreamName } from './contract.ts';
import { contract } from './contract.ts';
import { Cancelled, Defect, fromRecord } from './errors.ts';
import type { Heartbeat } from './heartbeat.ts';
import { withHeartbeat } from './heartbeat.ts';
import type { ClientMessage, ClientPort, Ending, ServerMessage } from './protocol.ts';
import { acknowledgedTogether, protocolVersion, serverMessage } from './protocol.ts';

type Incoming = ServerMessage | { readonly [K in Ending | 'cancelled']: { readonly kind: K } }[Ending | 'cancelled'];

export interface ConnectOptions {
  /** Default: none; a server that is gone is noticed by its carrier only. */
  readonly heartbeat?: Heartbeat;
}

/**
 * Errors: Fault as the service threw it, Cancelled once the signal aborts (what came before is delivered first),
 * Defect for anything else. Leaving a `for await` early cancels the call. A reader that stops reading without leaving
 * halts the service's stream, and no other call.
 */
export function connect(carrier: ClientPort, { heartbeat }: ConnectOptions = {}): Client {
  const port = withHeartbeat<ClientMessage>(carrier, heartbeat ?? null);
  const calls = new Map<number, OpenCall>();
  let lastId = 0;
  let closed = false;

  port.listen(
    (message) => {
      const parsed = serverMessage.safeParse(message);
      if (parsed.success) calls.get(parsed.data.id)?.put(parsed.data);
    },
    (ending) => {
      closed = true;
      calls.forEach((open) => open.put({ kind: ending }));
    },
  );

  async function* events(call: CallName, request: unknown, options: CallOptions): Events {
    const { signal, priority } = options;
    if (signal?.aborted === true) throw new Cancelled();
    if (closed) throw new Defect(`${call}: the connection is closed`);
    const id = ++lastId;
    const open = new OpenCall(id, port);
    calls.set(id, open);
    signal?.addEventListener('abort', open.abort, { once: true });
    try {
      const hint = priority === undefined ? {} : { priority };
      port.send({ kind: 'call', id, version: protocolVersion, call, request, ...hint });
      return yield* answers(call, open);
    } finally {
      open.cancel();
      signal?.removeEventListener('abort', open.abort);
      calls.delete(id);
    }
  }

  return derive(events);
}

async function* answers(call: CallName, open: OpenCall): Events {
  for (;;) {
    const message = await open.take();
    if (message.kind === 'cancelled') throw new Cancelled();
    if (message.kind !== 'event') return finalResult(call, message);
    yield checkEvent(call, message.event);
    open.acknowledge();
  }
}

type Events = AsyncGenerator<unknown, unknown, void>;
type Caller = (call: CallName, request: unknown, options: CallOptions) => Events;

function derive(events: Caller): Client {
  const method = <C extends CallName>(call: C) => {
    return (request: RequestOf<C>, options: CallOptions = {}): Answer<C> => {
      const stream = events(call, request, options);
      // `streams` decides between the two forms of Answer<C>, which the type system can't follow through a generic.
      return (contract[call].streams ? stream : lastOf(stream)) as Answer<C>;
    };
  };
  const entries = (Object.keys(contract) as CallName[]).map((call) => [call, method(call)] as const);
  return Object.fromEntries(entries) as Client;
}

async function lastOf(events: Events): Promise<unknown> {
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
  if (message.kind === 'lost') throw new Defect(`${call}: connection lost: the other side does not answer`);
  if (message.kind === 'closed') throw new Defect(`${call}: the connection closed before the call ended`);
  if (message.kind === 'error') throw fromRecord(message.error);
  const parsed = contract[call].result.safeParse(message.result);
  if (!parsed.success) throw new Defect(`${call}: result is not as declared: ${parsed.error.message}`);
  return parsed.data;
}

/** A call that has not ended: its messages in the order in which they came, for one reader. */
class OpenCall {
  readonly #id: number;
  readonly #port: Pick<ClientPort, 'send'>;
  readonly #queue: Incoming[] = [];
  #wake: (() => void) | null = null;
  /** Does the server still work on it? */
  #running = true;
  #unacknowledged = 0;

  constructor(id: number, port: Pick<ClientPort, 'send'>) {
    this.#id = id;
    this.#port = port;
  }

  put(message: Incoming): void {
    if (message.kind !== 'event') this.#running = false;
    this.#queue.push(message);
    this.#wake?.();
  }

  async take(): Promise<Incoming> {
    for (;;) {
      const message = this.#queue.shift();
      if (message !== undefined) return message;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** The reader has taken one more event. */
  acknowledge(): void {
    this.#unacknowledged += 1;
    if (this.#unacknowledged < acknowledgedTogether) return;
    if (this.#running) this.#port.send({ kind: 'ack', id: this.#id, count: this.#unacknowledged });
    this.#unacknowledged = 0;
  }

  /** The server is told at once; the reader when it has read what came before. */
  readonly abort = (): void => {
    this.cancel();
    this.put({ kind: 'cancelled' });
  };

  cancel(): void {
    if (this.#running) this.#port.send({ kind: 'cancel', id: this.#id });
    this.#running = false;
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
