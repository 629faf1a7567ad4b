/** Was the compute process replaced while a call was under way? The call's own error does not say. */
import { setTimeout } from 'node:timers/promises';
import type { ComputeClient } from './attempt.ts';
import type { ComputeHost } from './computeHost.ts';

/** Milliseconds to wait for a new process once the old one does not answer any more. */
const PATIENCE = 60_000;

export class Replacement {
  readonly #client: ComputeClient;
  readonly #stop: () => void;
  readonly #told: Promise<void>;
  #reason: string | null = null;

  constructor(host: ComputeHost) {
    this.#client = host.client;
    let tell: () => void = () => undefined;
    this.#told = new Promise((resolve) => (tell = resolve));
    this.#stop = host.onReplaced((reason) => {
      this.#reason = reason;
      tell();
    });
  }

  /** Why it was replaced; null where it lives, no other came in time, or the signal aborted. */
  async reason(signal: AbortSignal): Promise<string | null> {
    if (this.#reason === null && !(await this.#answers(signal))) {
      const patience = setTimeout(PATIENCE, undefined, { signal, ref: false }).catch(() => undefined);
      await Promise.race([this.#told, patience]);
    }
    return signal.aborted ? null : this.#reason;
  }

  stop(): void {
    this.#stop();
  }

  /** The cheapest call tells a dead process from a call that failed. */
  #answers(signal: AbortSignal): Promise<boolean> {
    return this.#client.families({}, { signal }).then(
      () => true,
      () => false,
    );
  }
}
