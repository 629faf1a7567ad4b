/** Lets a report through at most once an interval: the first at once, the last when its time comes. */
export class Throttle {
  readonly #report: () => void;
  readonly #interval: number;
  #timer: NodeJS.Timeout | null = null;
  #isDue = false;

  /** `interval` in milliseconds. */
  constructor(report: () => void, interval: number) {
    this.#report = report;
    this.#interval = interval;
  }

  request(): void {
    if (this.#timer === null) this.now();
    else this.#isDue = true;
  }

  /** Whether or not its time has come. */
  now(): void {
    this.stop();
    this.#timer = setTimeout(() => this.#elapsed(), this.#interval);
    this.#timer.unref();
    this.#report();
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    [this.#timer, this.#isDue] = [null, false];
  }

  #elapsed(): void {
    this.#timer = null;
    if (this.#isDue) this.now();
  }
}
