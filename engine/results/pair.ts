/** The in-memory carrier: two joined ports; values cross as they are, typed arrays included. Imports terms only. */
import type { Beat, ClientMessage, ClientPort, Ending, Port, ServerMessage, ServerPort } from './protocol.ts';
import { Receiver } from './receiver.ts';

export interface Pair {
  readonly client: ClientPort;
  readonly server: ServerPort;
}

export function pair(): Pair {
  const client = new Receiver();
  const server = new Receiver();
  return {
    client: new MemoryPort<ClientMessage | Beat>(client, server),
    server: new MemoryPort<ServerMessage | Beat>(server, client),
  };
}

class MemoryPort<Out> implements Port<Out, unknown> {
  readonly #own: Receiver;
  readonly #peer: Receiver;

  constructor(own: Receiver, peer: Receiver) {
    this.#own = own;
    this.#peer = peer;
  }

  // Delivery is never within the sender's own call, as on every real carrier.
  send(message: Out): void {
    if (!this.#own.ended) queueMicrotask(() => this.#peer.deliver(message));
  }

  listen(listener: (message: unknown) => void, ended: (ending: Ending) => void): void {
    this.#own.listen(listener, ended);
  }

  close(): void {
    this.#own.end();
    queueMicrotask(() => this.#peer.end());
  }
}
