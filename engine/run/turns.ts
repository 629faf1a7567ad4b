/**
 * Who runs on a model: one request at a time, and at every boundary between two programs a request that somebody waits on
 * goes before a job. The runtime serialises programs anyway; what this adds is the order, and that a program is never let
 * go while it runs.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as nextTask } from 'node:timers/promises';

/** `interactive`: somebody waits. `job`: takes minutes, and can wait. */
export type Priority = 'interactive' | 'job';

/** What a chain of asynchronous calls runs as. */
interface Context {
  readonly priority: Priority;
  /** The turn that the chain holds, if any. */
  readonly turn: Turn | null;
}

interface Turn {
  readonly turns: Turns;
  readonly priority: Priority;
}

const context = new AsyncLocalStorage<Context>();

/** Runs `act`, and whatever it calls, as work of this priority. Without it work is a job: first come, first served. */
export function withPriority<T>(priority: Priority, act: () => T): T {
  return context.run({ priority, turn: null }, act);
}

/** The same for a stream, whose every step runs as work of this priority. Between the steps of a job messages can come in. */
export async function* prioritised<E, R>(
  priority: Priority,
  events: AsyncGenerator<E, R, void>,
): AsyncGenerator<E, R, void> {
  try {
    for (;;) {
      const step = await withPriority(priority, () => events.next());
      if (step.done === true) return step.value;
      yield step.value;
      if (priority === 'job') await nextTask();
    }
  } finally {
    await withPriority(priority, () => events.return(undefined as R));
  }
}

/** Between two programs: a job lets those who wait go first. No program may be held across it. */
export async function programBoundary(): Promise<void> {
  const turn = context.getStore()?.turn ?? null;
  if (turn !== null) await turn.turns.boundary(turn);
}

export class Turns {
  /** Whose programs run now. */
  #current: Turn | null = null;
  /** The job that stepped aside at a boundary, and how it goes on. */
  #aside: (() => void) | null = null;
  readonly #waiting: Readonly<Record<Priority, (() => void)[]>> = { interactive: [], job: [] };

  /**
   * Runs `act` alone: after every request of its priority before it, and within a job only at a boundary. Throws RangeError
   * within itself, where it would wait for its own end.
   */
  async exclusive<T>(act: () => Promise<T>): Promise<T> {
    const { priority = 'job', turn: held = null } = context.getStore() ?? {};
    if (held !== null && held === this.#current) throw new RangeError('exclusive within exclusive');
    const turn: Turn = { turns: this, priority };
    await this.#enter(turn);
    try {
      return await context.run({ priority, turn }, act);
    } finally {
      this.#next();
    }
  }

  /** Asked by whoever holds a turn; see programBoundary. */
  async boundary(turn: Turn): Promise<void> {
    if (turn.priority === 'interactive' || turn !== this.#current || this.#waiting.interactive.length === 0) return;
    await new Promise<void>((resolve) => {
      this.#aside = resolve;
      this.#next();
    });
    this.#current = turn;
  }

  async #enter(turn: Turn): Promise<void> {
    if (this.#current !== null) await new Promise<void>((resolve) => this.#waiting[turn.priority].push(resolve));
    this.#current = turn;
  }

  /** Hands over: whoever is woken takes the turn before anyone else can come in, for `#current` stays set until then. */
  #next(): void {
    const interactive = this.#waiting.interactive.shift();
    if (interactive !== undefined) return interactive();
    const aside = this.#aside;
    this.#aside = null;
    const next = aside ?? this.#waiting.job.shift();
    if (next === undefined) this.#current = null;
    else next();
  }
}
