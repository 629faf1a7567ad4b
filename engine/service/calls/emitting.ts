/** Turns work that reports through a function into a stream. */

/** Yields what `work` emits, in order and as it comes; returns or throws what `work` does. */
export async function* emitting<E, R>(work: (emit: (event: E) => void) => Promise<R>): AsyncGenerator<E, R, void> {
  const queue: E[] = [];
  const state = { settled: false, wake: () => {} };
  const outcome = work((event) => {
    queue.push(event);
    state.wake();
  });
  const settle = () => {
    state.settled = true;
    state.wake();
  };
  outcome.then(settle, settle);
  for (;;) {
    while (queue.length > 0) yield queue.shift() as E;
    if (state.settled) return outcome;
    await new Promise<void>((resolve) => (state.wake = resolve));
  }
}
