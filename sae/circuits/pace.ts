/** How far a ranking is: it tells, ends where that was asked for, and lets messages in between. */
import type { OnProgress } from '../../engine/circuits/method.ts';

/** Milliseconds of work after which messages are let in: a stop that was asked for is one. */
const longestWork = 30;

export class Pace {
  readonly #signal: AbortSignal;
  readonly #onProgress: OnProgress;
  readonly #total: number;
  #done = 0;
  #letIn = performance.now();

  /** `total`: pieces of work that will be told. */
  constructor(signal: AbortSignal, onProgress: OnProgress, total: number) {
    this.#signal = signal;
    this.#onProgress = onProgress;
    this.#total = total;
  }

  /** So many pieces more are done. Throws the signal's reason once it is aborted. */
  async advance(pieces = 1): Promise<void> {
    this.#signal.throwIfAborted();
    this.#done += pieces;
    this.#onProgress(this.#done, this.#total);
    if (performance.now() - this.#letIn < longestWork) return;
    await new Promise<void>((resolve) => setImmediate(resolve));
    this.#letIn = performance.now();
    this.#signal.throwIfAborted();
  }
}
