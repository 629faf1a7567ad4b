/** The receiving half of every port: keeps what comes before there is a listener, tells of the end once. */
import type { Ending } from './protocol.ts';

export class Receiver {
  #listener: ((message: unknown) => void) | null = null;
  #whenEnded: ((ending: Ending) => void) | null = null;
  #waiting: unknown[] = [];
  #ended = false;

  get ended(): boolean {
    return this.#ended;
  }

  deliver(message: unknown): void {
    if (this.#ended) return;
    if (this.#listener === null) this.#waiting.push(message);
    else this.#listener(message);
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#whenEnded?.('closed');
  }

  listen(listener: (message: unknown) => void, whenEnded: (ending: Ending) => void): void {
    this.#listener = listener;
    this.#whenEnded = whenEnded;
    for (const message of this.#waiting.splice(0)) listener(message);
    if (this.#ended) whenEnded('closed');
  }
}
