/** The state of the workbench as the engine tells it, kept up to date over one `watch` call that is renewed when it breaks. */
import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { Client, EventOf } from '../../engine/results/contract.ts';
import type { RunSummary } from '../../engine/results/runs.ts';
import type { Notice, Resident } from '../../engine/results/workbench.ts';
import { stream } from './stream.ts';

export interface WatchState {
  /** A snapshot has come. */
  readonly known: boolean;
  /** Folder of the project. */
  readonly project: string;
  readonly version: string;
  /** The model in memory. */
  readonly resident: Resident | null;
  /** Bytes that the compute process holds. */
  readonly memory: number | null;
  /** Jobs of this session, those that have ended included; newest first. */
  readonly jobs: readonly RunSummary[];
  /** Newest last. */
  readonly notices: readonly Notice[];
}

export type WatchEvent = EventOf<'watch'>;

const nothingWatched: WatchState = {
  known: false,
  project: '',
  version: '',
  resident: null,
  memory: null,
  jobs: [],
  notices: [],
};

/** How many notices are kept. */
const NOTICES = 200;

function foldWatch(state: WatchState, event: WatchEvent): WatchState {
  switch (event.kind) {
    case 'snapshot': {
      const { kind: _, jobs, ...rest } = event;
      return { ...rest, known: true, jobs: newestFirst(jobs) };
    }
    case 'job':
      return { ...state, jobs: newestFirst([event.job, ...state.jobs.filter(({ id }) => id !== event.job.id)]) };
    case 'resident':
      return { ...state, resident: event.resident, memory: event.memory };
    case 'memory':
      return { ...state, memory: event.memory };
    case 'notice':
      return { ...state, notices: [...state.notices, event.notice].slice(-NOTICES) };
    case 'runs':
    case 'headSets':
      return state;
  }
}

function newestFirst(jobs: readonly RunSummary[]): readonly RunSummary[] {
  return jobs.toSorted((a, b) => b.created.localeCompare(a.created));
}

export interface WatchStore {
  readonly store: StoreApi<WatchState>;
  /** Hears every event, after the state has it. */
  readonly onEvent: (listener: (event: WatchEvent) => void) => () => void;
  readonly dispose: () => void;
}

/** Milliseconds before a broken watch is asked for again; while there is no connection the call itself waits. */
const PAUSE = 500;

export function createWatchStore(client: Client, pause: number = PAUSE): WatchStore {
  const store = createStore<WatchState>(() => nothingWatched);
  const listeners = new Set<(event: WatchEvent) => void>();
  const ended = new AbortController();
  const onEvent = (event: WatchEvent) => {
    store.setState((state) => foldWatch(state, event), true);
    for (const listener of listeners) listener(event);
  };
  const watch = async () => {
    while (!ended.signal.aborted) {
      // How it ended does not matter: the next snapshot tells all there is to know.
      await stream(client, 'watch', {}, { onEvent, signal: ended.signal }).catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  };
  void watch();
  return {
    store,
    onEvent: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    dispose: () => ended.abort(),
  };
}
