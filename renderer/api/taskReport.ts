/** What the model does on the chosen task: measured once, however many look at it, while others are answered first. */
import { useEffect } from 'react';
import { useStore } from 'zustand';
import type { RequestOf, ResultOf } from '../../engine/results/contract.ts';
import { Defect } from '../../engine/results/errors.ts';
import type { Progress } from '../../engine/results/records.ts';
import type { ModelChoice, PromptsChoice } from '../state/workspace.ts';
import { useIsResident, useWorkspace } from './hooks.ts';
import type { StreamFold } from './streamFold.ts';
import { createStreamFold } from './streamFold.ts';
import type { Streamed } from './useStream.ts';
import { keyOf, useStable } from './useStable.ts';
import type { Workbench } from './workbench.ts';
import { useWorkbench } from './workbench.ts';

type TaskRequest = RequestOf<'task'>;
export type TaskReport = Streamed<Progress | null, ResultOf<'task'>>;

/** Prompts of which the model's answer is told. */
const SHOWN = 1000;

/** Of the model in memory and the chosen task; idle without either. */
export function useTaskReport(): TaskReport {
  const workbench = useWorkbench();
  const model = useWorkspace((state) => state.model);
  const prompts = useWorkspace((state) => state.prompts);
  const isResident = useIsResident();
  const request = useStable(isResident ? requestOf(model, prompts) : null);
  const shared = sharedReport(workbench);
  useEffect(() => shared.use(request), [shared, request]);
  return { ...useStore(shared.fold.store), cancel: shared.fold.cancel, again: shared.again };
}

function requestOf(model: ModelChoice | null, prompts: PromptsChoice | null): TaskRequest | null {
  if (model === null || prompts?.kind !== 'task') return null;
  const { kind: _, ...task } = prompts;
  return { ...model, ...task, show: SHOWN };
}

interface SharedReport {
  readonly fold: StreamFold<'task', Progress | null>;
  /** Asks, unless this is asked already; returns the way to let go. */
  readonly use: (request: TaskRequest | null) => () => void;
  readonly again: () => void;
}

const reports = new WeakMap<Workbench, SharedReport>();

function sharedReport(workbench: Workbench): SharedReport {
  const report = reports.get(workbench) ?? createReport(workbench);
  reports.set(workbench, report);
  return report;
}

function createReport({ client, connection }: Workbench): SharedReport {
  const newest = (_: Progress | null, event: Progress) => event;
  const fold = createStreamFold<'task', Progress | null>(client, 'task', newest, null, undefined, 'job');
  let asked: TaskRequest | null = null;
  let users = 0;
  const again = () => fold.ask(asked);
  // What a lost connection broke off is asked again once there is another.
  connection.store.subscribe(({ kind }) => {
    if (kind === 'open' && users > 0 && fold.store.getState().error instanceof Defect) again();
  });
  return {
    fold,
    again,
    use: (request) => {
      if (users++ === 0 || keyOf(request) !== keyOf(asked)) {
        asked = request;
        again();
      }
      return () => {
        if (--users === 0) fold.dispose();
      };
    },
  };
}
