/** How fast a job goes: units a second over the last moments. */
import type { Progress } from '../../results/records.ts';

/** Milliseconds that the rate is taken over. */
const WINDOW = 15_000;
/** Milliseconds between two readings that are kept. */
const SPACING = 250;

interface Reading {
  readonly at: number;
  readonly done: number;
}

export interface Pace {
  readonly rate: number | null;
  readonly secondsLeft: number | null;
}

export class Rate {
  #of: string | null = null;
  #readings: Reading[] = [];

  /** `at` in milliseconds. Unknown until there are two readings of the same unit at different times. */
  take({ of, done, total }: Progress, at: number): Pace {
    const last = this.#readings.at(-1);
    // Another unit, or a run that began again.
    if (of !== this.#of || (last !== undefined && done < last.done)) this.#readings = [];
    this.#of = of;
    const before = this.#readings.at(-2);
    if (before !== undefined && at - before.at < SPACING) this.#readings.pop();
    this.#readings.push({ at, done });
    const old = this.#readings.findLastIndex((reading) => reading.at <= at - WINDOW);
    if (old > 0) this.#readings.splice(0, old);
    return this.#pace(total);
  }

  #pace(total: number): Pace {
    const [first, last] = [this.#readings[0], this.#readings.at(-1)];
    if (first === undefined || last === undefined || last.at === first.at) return { rate: null, secondsLeft: null };
    const rate = (1000 * (last.done - first.done)) / (last.at - first.at);
    return { rate, secondsLeft: rate > 0 ? Math.max(0, total - last.done) / rate : null };
  }
}
