/** Back-pressure: a stream goes on only while its reader and the carrier keep up. Imports terms only. */
import type { ServerPort } from './protocol.ts';
import { eventWindow } from './protocol.ts';

/** Milliseconds that a stream waits before it looks again whether the carrier has room. */
const congestionWait = 1;

export class Flow {
  readonly #congested: () => boolean;
  readonly #signal: AbortSignal;
  #unacknowledged = 0;
  #goOn: (() => void) | null = null;

  constructor(port: Pick<ServerPort, 'congested'>, signal: AbortSignal) {
    this.#congested = port.congested ?? (() => false);
    this.#signal = signal;
    signal.addEventListener('abort', () => this.#goOn?.(), { once: true });
  }

  sent(): void {
    this.#unacknowledged += 1;
  }

  acknowledged(count: number): void {
    this.#unacknowledged = Math.max(0, this.#unacknowledged - count);
    this.#goOn?.();
  }

  /** Resolves when one more event may be sent, or when the call is cancelled. */
  async room(): Promise<void> {
    while (this.#unacknowledged >= eventWindow && !this.#signal.aborted) {
      await new Promise<void>((resolve) => (this.#goOn = resolve));
    }
    while (this.#congested() && !this.#signal.aborted) {
      await new Promise<void>((resolve) => globalThis.setTimeout(resolve, congestionWait));
    }
  }
}
