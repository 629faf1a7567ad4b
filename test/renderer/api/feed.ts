/** Events that a test sends one by one, until it ends them with a result. */
export class Feed<E, R> {
  readonly #events: E[] = [];
  #result: R | null = null;
  #wake: (() => void) | null = null;

  send(...events: readonly E[]): void {
    this.#events.push(...events);
    this.#wake?.();
  }

  end(result: R): void {
    this.#result = result;
    this.#wake?.();
  }

  async *stream(signal: AbortSignal): AsyncGenerator<E, R, void> {
    signal.addEventListener('abort', () => this.#wake?.());
    for (;;) {
      const event = this.#events.shift();
      if (event !== undefined) yield event;
      else if (this.#result !== null) return this.#result;
      else if (signal.aborted) throw signal.reason;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
