/** The rows of a run as they come, and its state: read from the log, which is the only place they are kept. */
import { setTimeout } from 'node:timers/promises';
import { Cancelled } from '../../results/index.ts';
import type { EventOf, RequestOf, ResultOf } from '../../results/index.ts';
import type { JobCall, RunRow, RunSummary } from '../../results/runs.ts';
import { readRow, rowsFile } from './readRun.ts';
import { linesOf } from './rowLog.ts';
import type { Run, RunChange } from './run.ts';
import type { RunStore } from './runStore.ts';

type Event = EventOf<'follow'>;
type Following = AsyncGenerator<Event, ResultOf<'follow'>, void>;

/** Milliseconds between two batches of rows: more often than a screen is drawn is of no use. */
const ROWS_EVERY = 16;
const STATE_EVERY = 100;
const MOST_ROWS = 1000;
const MOST_TEXT = 2 ** 20;

/**
 * Rows from `from` on until the run ends. A batch whose `from` is lower than what came before replaces it: a call that can't
 * go on began again. A run that another process works on, or none, ends at once. Throws Fault where there is no such run.
 */
export async function* followRun(
  store: RunStore,
  { run: id, from = 0 }: RequestOf<'follow'>,
  signal: AbortSignal,
): Following {
  const run = store.owned(id);
  if (run !== null) return yield* followOwned(run, from, signal);
  const { record, folder } = await store.get(id);
  const reader = new RowReader(folder, record.summary.call, from);
  yield* reader.upTo(Infinity, signal);
  yield { kind: 'state', summary: record.summary };
  return { record };
}

async function* followOwned(run: Run, from: number, signal: AbortSignal): Following {
  const reader = new RowReader(run.folder, run.summary.call, from);
  const news = new News(run, signal);
  try {
    for (;;) {
      // Looked at before the rows are read: what comes between is news.
      const isOver = run.isReleased;
      news.read();
      const dropped = news.takeDropped();
      if (dropped !== null && dropped < reader.row) {
        reader.backTo(dropped);
        yield { kind: 'rows', from: dropped, rows: [] };
      }
      try {
        yield* reader.upTo(run.bytes, signal);
      } catch (error) {
        // Rows that were dropped while they were read are no error: they are told of next.
        if (!news.hasDropped) throw error;
        continue;
      }
      const summary = news.takeSummary(isOver);
      if (summary !== null) yield { kind: 'state', summary };
      if (isOver) return { record: run.record };
      await news.wait();
    }
  } finally {
    news.stop();
  }
}

/** What has changed since it was last looked at. */
class News {
  readonly #run: Run;
  readonly #signal: AbortSignal;
  readonly #stopListening: () => void;
  #isNew = false;
  #dropped: number | null = null;
  #told: RunSummary | null = null;
  #toldAt = -Infinity;
  #wake: () => void = () => undefined;

  constructor(run: Run, signal: AbortSignal) {
    this.#run = run;
    this.#signal = signal;
    this.#stopListening = run.listen((change) => this.#heard(change));
    signal.addEventListener('abort', this.#abort, { once: true });
  }

  readonly #abort = (): void => this.#wake();

  #heard(change: RunChange): void {
    this.#isNew = true;
    if (change.kind === 'dropped') this.#dropped = Math.min(change.rows, this.#dropped ?? Infinity);
    this.#wake();
  }

  read(): void {
    this.#isNew = false;
  }

  get hasDropped(): boolean {
    return this.#dropped !== null;
  }

  takeDropped(): number | null {
    const dropped = this.#dropped;
    this.#dropped = null;
    return dropped;
  }

  /** The summary where it is time to tell it: at a change of state, at the end, or after a while. */
  takeSummary(isLast: boolean): RunSummary | null {
    const { summary } = this.#run;
    if (summary === this.#told) return null;
    const isDue = performance.now() - this.#toldAt >= STATE_EVERY;
    if (!isLast && !isDue && summary.state === this.#told?.state) return null;
    [this.#told, this.#toldAt] = [summary, performance.now()];
    return summary;
  }

  /** Until there is something new, but not at once. Throws Cancelled once the signal aborts. */
  async wait(): Promise<void> {
    await setTimeout(ROWS_EVERY);
    const isUntold = this.#run.summary !== this.#told;
    while (!this.#isNew && !isUntold && !this.#signal.aborted) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    if (this.#signal.aborted) throw new Cancelled();
  }

  stop(): void {
    this.#stopListening();
    this.#signal.removeEventListener('abort', this.#abort);
  }
}

/** Reads on where it stopped. */
class RowReader {
  readonly #folder: string;
  readonly #call: JobCall;
  /** Rows before it are not told. */
  #from: number;
  /** The next row, and where it begins. */
  #row = 0;
  #byte = 0;

  constructor(folder: string, call: JobCall, from: number) {
    this.#folder = folder;
    this.#call = call;
    this.#from = from;
  }

  get row(): number {
    return Math.max(this.#row, this.#from);
  }

  /** Row `row` is a new one. */
  backTo(row: number): void {
    [this.#row, this.#byte, this.#from] = [0, 0, row];
  }

  async *upTo(end: number, signal: AbortSignal): AsyncGenerator<Event, void, void> {
    let batch: RunRow[] = [];
    let text = 0;
    const taken = (): Event => {
      const event: Event = { kind: 'rows', from: this.#row - batch.length, rows: batch };
      [batch, text] = [[], 0];
      return event;
    };
    for await (const line of linesOf(rowsFile(this.#folder), this.#byte, end)) {
      if (signal.aborted) throw new Cancelled();
      const index = this.#row;
      [this.#row, this.#byte] = [index + 1, line.end];
      if (index < this.#from) continue;
      const row = await readRow(this.#folder, this.#call, line.text, index);
      batch.push(row);
      text += line.text.length;
      // A row whose arrays lie in a file of their own is as large as that.
      if (batch.length >= MOST_ROWS || text >= MOST_TEXT || row.call === 'capture') yield taken();
    }
    if (batch.length > 0) yield taken();
  }
}
