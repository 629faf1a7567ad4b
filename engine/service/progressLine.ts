/** Progress on a terminal: one line that is redrawn; elsewhere a line now and then. */
import type { Progress } from '../results/records.ts';

export interface ProgressTarget {
  write(text: string): Promise<void>;
  readonly isTerminal: boolean;
}

/** Milliseconds before the first line and between lines where they stay. */
const SPARSE = 5000;
/** Milliseconds between redraws. */
const REDRAW = 100;
const ERASE = '\r\u001b[K';

export class ProgressLine {
  readonly #target: ProgressTarget;
  readonly #now: () => number;
  #last: number;
  #isDrawn = false;

  constructor(target: ProgressTarget, now: () => number = () => performance.now()) {
    this.#target = target;
    this.#now = now;
    this.#last = now();
  }

  /** `opening: 12 of 32 layers`. Never fails: progress is not worth a run. */
  report(what: string, { done, total, of }: Progress): void {
    const now = this.#now();
    if (now - this.#last < (this.#target.isTerminal ? REDRAW : SPARSE)) return;
    this.#last = now;
    const line = `${what}: ${amount(done, total, of)}`;
    this.#isDrawn = this.#target.isTerminal;
    this.#put(this.#target.isTerminal ? `${ERASE}${line}` : `${line}\n`);
  }

  /** Takes the line away, before anything else is written. */
  clear(): void {
    if (this.#isDrawn) this.#put(ERASE);
    this.#isDrawn = false;
  }

  #put(text: string): void {
    this.#target.write(text).catch(() => undefined);
  }
}

function amount(done: number, total: number, of: string): string {
  if (of !== 'bytes') return `${done} of ${total} ${of}`;
  const megabytes = (value: number) => (value / 1e6).toFixed(1);
  return `${megabytes(done)} of ${megabytes(total)} MB`;
}
