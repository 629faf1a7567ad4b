/** How long things take, measured by doing them. */

export async function timed<T>(act: () => Promise<T>): Promise<{ readonly value: T; readonly seconds: number }> {
  const started = performance.now();
  const value = await act();
  return { value, seconds: (performance.now() - started) / 1000 };
}

/** Short ones are done again until this many seconds are measured, for the machine does other things too. */
const ENOUGH = 0.5;
/** At most so many times, */
const MOST_ROUNDS = 20;
/** and, beyond the first, at most this share of the work that is estimated. */
const MOST_OF_WORK = 1 / 4;

/** Mean over all of them, each done at least once, of which the work has `work`. */
export async function meanSeconds(acts: readonly (() => Promise<unknown>)[], work: number): Promise<number> {
  const rounds = Math.min(MOST_ROUNDS, Math.max(1, (MOST_OF_WORK * work) / acts.length));
  let [total, done] = [0, 0];
  for (let round = 0; round < rounds && total < ENOUGH; round++) {
    for (const act of acts) {
      total += (await timed(act)).seconds;
      done += 1;
    }
  }
  return total / done;
}
