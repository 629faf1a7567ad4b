/**
 * Runs, followed once each however many look at them: rows are folded into tables as they come, and listeners hear at most
 * once a frame. Runs that nobody looks at stay, the last used ones, so that going back to one is immediate.
 */
import type { Client, EventOf } from '../../engine/results/contract.ts';
import { isAbort } from '../../engine/results/errors.ts';
import type { RunRecord, RunSummary } from '../../engine/results/runs.ts';
import type { Schedule, Throttle } from './frame.ts';
import { oncePerFrame } from './frame.ts';
import type { RunTable } from './runTables.ts';
import { withRetrieveResult } from './retrieveTable.ts';
import { foldRow } from './runTables.ts';
import { stream } from './stream.ts';

/** A run as known at one moment: a new object at each change, around arrays that are written in place. */
export interface RunView {
  readonly id: string;
  /** `following`: rows may still come. */
  readonly status: 'loading' | 'following' | 'ended' | 'error';
  readonly summary: RunSummary | null;
  readonly table: RunTable | null;
  /** Once the run has ended. */
  readonly record: RunRecord | null;
  readonly error: Error | null;
  /** Rises with each change. */
  readonly version: number;
}

export interface RunStore {
  /** What is known of a run; does not ask for it. */
  readonly get: (id: string) => RunView;
  /** Follows the run while subscribed, and for as long afterwards as it is among the last used. */
  readonly subscribe: (id: string, listener: () => void) => () => void;
  /** Follows a run anew: after it was resumed, or failed to be read. */
  readonly refresh: (id: string) => void;
  /** Follows anew all runs that failed to be read: the connection is back. */
  readonly retry: () => void;
  readonly dispose: () => void;
}

/** Runs that are kept without anyone looking at them. */
const KEPT = 48;

interface Followed {
  readonly listeners: Set<() => void>;
  readonly publish: Throttle;
  controller: AbortController;
  view: RunView;
  /** Rows that are in the table. */
  rows: number;
}

export function createRunStore(client: Client, kept: number = KEPT, schedule?: Schedule): RunStore {
  // A Map keeps the order of insertion: the least recently used is the first.
  const runs = new Map<string, Followed>();

  const change = (run: Followed, change: Partial<RunView>) => {
    run.view = { ...run.view, ...change, version: run.view.version + 1 };
    run.publish.ask();
  };
  const receive = (run: Followed, event: EventOf<'follow'>) => {
    if (event.kind === 'state') return change(run, { summary: event.summary, status: 'following' });
    // Rows that are there already come again where a connection was renewed.
    const fresh = event.rows.slice(Math.max(0, run.rows - event.from));
    run.rows = Math.max(run.rows, event.from + event.rows.length);
    change(run, { table: fresh.reduce(foldRow, run.view.table), status: 'following' });
  };
  const follow = async (run: Followed, id: string) => {
    const { controller } = run;
    const isCurrent = () => run.controller === controller && !controller.signal.aborted;
    const onEvent = (event: EventOf<'follow'>) => (isCurrent() ? receive(run, event) : undefined);
    try {
      const request = { run: id, from: run.rows };
      const { record } = await stream(client, 'follow', request, { onEvent, signal: controller.signal });
      if (isCurrent()) change(run, ended(run.view, record));
    } catch (error) {
      if (isCurrent() && !isAbort(error)) change(run, { status: 'error', error: error as Error });
    }
    if (isCurrent()) run.publish.flush();
  };
  const begin = (id: string): Followed => {
    const listeners = new Set<() => void>();
    const publish = oncePerFrame(() => listeners.forEach((listener) => listener()), schedule);
    const run = { listeners, publish, controller: new AbortController(), view: unknownRun(id), rows: 0 };
    void follow(run, id);
    return run;
  };
  const again = (run: Followed, id: string) => {
    run.controller.abort();
    run.controller = new AbortController();
    change(run, { status: 'loading', error: null, record: null });
    void follow(run, id);
  };
  const use = (id: string): Followed => {
    const run = runs.get(id) ?? begin(id);
    runs.delete(id);
    runs.set(id, run);
    return run;
  };
  const forget = ([id, run]: readonly [string, Followed]) => {
    run.controller.abort();
    run.publish.cancel();
    runs.delete(id);
  };
  const trim = () => {
    const idle = [...runs].filter(([, { listeners }]) => listeners.size === 0);
    idle.slice(0, Math.max(0, idle.length - kept)).forEach(forget);
  };

  return {
    get: (id) => runs.get(id)?.view ?? unknownOf(id),
    subscribe: (id, listener) => {
      const run = use(id);
      if (run.view.status === 'error') again(run, id);
      run.listeners.add(listener);
      return () => {
        run.listeners.delete(listener);
        trim();
      };
    },
    refresh: (id) => {
      const run = runs.get(id);
      if (run !== undefined) again(run, id);
    },
    retry: () => {
      for (const [id, run] of runs) if (run.view.status === 'error') again(run, id);
    },
    dispose: () => [...runs].forEach(forget),
  };
}

const unknown = new Map<string, RunView>();

/** The same object each time: whoever compares snapshots sees no change. */
function unknownOf(id: string): RunView {
  const view = unknown.get(id) ?? unknownRun(id);
  unknown.set(id, view);
  return view;
}

function unknownRun(id: string): RunView {
  return { id, status: 'loading', summary: null, table: null, record: null, error: null, version: 0 };
}

function ended({ table }: RunView, record: RunRecord): Partial<RunView> {
  const whole = table?.kind === 'retrieve' ? withRetrieveResult(table, record.result) : table;
  return { status: 'ended', record, summary: record.summary, table: whole };
}
