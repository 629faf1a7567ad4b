/** Long work on the thread that also answers: it lets messages in now and then, and ends where that was asked for. */

/** Milliseconds of work after which messages are let in. */
const longestWork = 20;

export class Pauses {
  readonly #signal: AbortSignal | undefined;
  #since = performance.now();

  constructor(signal?: AbortSignal) {
    this.#signal = signal;
  }

  /** Asked between pieces of work that take a few milliseconds. Throws the signal's reason once it is aborted. */
  async letIn(): Promise<void> {
    this.#signal?.throwIfAborted();
    if (performance.now() - this.#since < longestWork) return;
    await new Promise<void>((resolve) => setImmediate(resolve));
    this.#since = performance.now();
    this.#signal?.throwIfAborted();
  }
}
