/** Everything that a window holds besides what it draws: one object, made once, given to the views by context. */
import { QueryObserver } from '@tanstack/react-query';
import type { QueryClient } from '@tanstack/react-query';
import { createContext, useContext } from 'react';
import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { Client } from '../../engine/results/contract.ts';
import { Defect } from '../../engine/results/errors.ts';
import type { Progress } from '../../engine/results/records.ts';
import type { Dialogs } from '../state/dialogs.ts';
import { createDialogs } from '../state/dialogs.ts';
import type { Selection } from '../state/selection.ts';
import { createSelection } from '../state/selection.ts';
import type { ShortcutHandlers } from '../state/shortcutHandlers.ts';
import { createShortcutHandlers } from '../state/shortcutHandlers.ts';
import type { Tour } from '../state/tour.ts';
import { createTour } from '../state/tour.ts';
import type { Undo } from '../state/undo.ts';
import { createUndo } from '../state/undo.ts';
import type { ModelChoice, Workspace } from '../state/workspace.ts';
import { createWorkspace } from '../state/workspace.ts';
import { callQuery } from './callQuery.ts';
import type { Connection } from './connection.ts';
import type { HeadMeasures } from './headMeasures.ts';
import { createHeadMeasures } from './headMeasures.ts';
import { createQueryClient } from './queryClient.ts';
import type { RunStore } from './runStore.ts';
import { createRunStore } from './runStore.ts';
import type { WatchEvent, WatchStore } from './watchStore.ts';
import { createWatchStore } from './watchStore.ts';

export interface Opening {
  readonly choice: ModelChoice;
  readonly progress: Progress | null;
}

export interface Workbench {
  readonly client: Client;
  readonly connection: Connection;
  readonly queries: QueryClient;
  readonly watch: WatchStore;
  readonly runs: RunStore;
  readonly measures: HeadMeasures;
  readonly selection: Selection;
  readonly workspace: Workspace;
  readonly undo: Undo;
  readonly shortcuts: ShortcutHandlers;
  readonly dialogs: Dialogs;
  readonly tour: Tour;
  /** The model that is being opened, and how far. */
  readonly opening: StoreApi<Opening | null>;
  readonly dispose: () => void;
}

export function createWorkbench(connection: Connection): Workbench {
  const { client } = connection;
  const queries = createQueryClient();
  const watch = createWatchStore(client);
  const runs = createRunStore(client);
  const measures = createHeadMeasures(runs);
  const selection = createSelection();
  const workspace = createWorkspace();
  const undo = createUndo(selection, workspace);

  const stops = [
    watch.onEvent((event) => invalidate(queries, event)),
    watch.onEvent((event) => resume(runs, event)),
    connection.store.subscribe(({ kind }, before) => {
      if (kind === 'open' && before.kind !== 'open') askAgain(queries, runs);
    }),
    followModel(queries, client, workspace, measures),
    new QueryObserver(queries, callQuery(client, 'runs', {})).subscribe(({ data }) => {
      if (data !== undefined) measures.setRuns(data.runs);
    }),
  ];
  const dispose = () => {
    for (const stop of stops) stop();
    watch.dispose();
    runs.dispose();
    undo.dispose();
    connection.close();
  };
  return {
    client,
    connection,
    queries,
    watch,
    runs,
    measures,
    selection,
    workspace,
    undo,
    shortcuts: createShortcutHandlers(),
    dialogs: createDialogs(),
    tour: createTour(),
    opening: createStore<Opening | null>(() => null),
    dispose,
  };
}

/** What a lost connection broke off, now that there is another. */
function askAgain(queries: QueryClient, runs: RunStore): void {
  runs.retry();
  void queries.refetchQueries({ predicate: ({ state }) => state.error instanceof Defect });
}

/** Measures are those of the model that is looked at, in memory or not. */
function followModel(queries: QueryClient, client: Client, workspace: Workspace, measures: HeadMeasures): () => void {
  const options = () => {
    const path = workspace.store.getState().model?.model ?? '';
    return { ...callQuery(client, 'info', { model: path }), enabled: path !== '' };
  };
  const observer = new QueryObserver(queries, options());
  const stops = [
    observer.subscribe(({ data }) => measures.setModel(data ?? null)),
    workspace.store.subscribe(({ model }, before) => {
      if (model?.model !== before.model?.model) observer.setOptions(options());
    }),
  ];
  return () => stops.forEach((stop) => stop());
}

/** Which answers an event makes old. A snapshot comes after a break, in which anything may have changed. */
function invalidate(queries: QueryClient, { kind }: WatchEvent): void {
  const calls = {
    runs: ['runs', 'record', 'exportForms'],
    headSets: ['headSets'],
    snapshot: ['runs', 'record', 'exportForms', 'headSets', 'library'],
  };
  if (!(kind in calls)) return;
  for (const call of calls[kind as keyof typeof calls]) void queries.invalidateQueries({ queryKey: [call] });
}

/** A run that had ended and goes on is followed again. */
function resume(runs: RunStore, event: WatchEvent): void {
  if (event.kind !== 'job' || event.job.state !== 'running') return;
  const { status } = runs.get(event.job.id);
  if (status === 'ended' || status === 'error') runs.refresh(event.job.id);
}

export const WorkbenchContext = createContext<Workbench | null>(null);

export function useWorkbench(): Workbench {
  const workbench = useContext(WorkbenchContext);
  if (workbench === null) throw new Error('useWorkbench: no workbench around this component');
  return workbench;
}
