/** The in-memory carrier: two joined ports; values cross as they are, typed arrays included. Imports terms only. */
import type { ClientMessage, ClientPort, Port, ServerMessage, ServerPort } from './protocol.ts';

export interface Pair {
  readonly client: ClientPort;
  readonly server: ServerPort;
}

export function pair(): Pair {
  const client = new MemoryPort<ClientMessage>();
  const server = new MemoryPort<ServerMessage>();
  client.join(server);
  server.join(client);
  return { client, server };
}

class MemoryPort<Out> implements Port<Out, unknown> {
  #peer: { deliver(message: unknown): void; ended(): void } | null = null;
  #listener: ((message: unknown) => void) | null = null;
  #closed: (() => void) | null = null;
  #waiting: unknown[] = [];
  #isClosed = false;

  join(peer: { deliver(message: unknown): void; ended(): void }): void {
    this.#peer = peer;
  }

  // Delivery is never within the sender's own call, as on every real carrier.
  send(message: Out): void {
    if (this.#isClosed) return;
    const peer = this.#peer;
    queueMicrotask(() => peer?.deliver(message));
  }

  listen(listener: (message: unknown) => void, closed: () => void): void {
    this.#listener = listener;
    this.#closed = closed;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const message of waiting) listener(message);
    if (this.#isClosed) closed();
  }

  close(): void {
    const peer = this.#peer;
    this.ended();
    queueMicrotask(() => peer?.ended());
  }

  deliver(message: unknown): void {
    if (this.#isClosed) return;
    if (this.#listener === null) this.#waiting.push(message);
    else this.#listener(message);
  }

  ended(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#closed?.();
  }
}
