/** The trainings of this model: which one is looked at, how far it is, and what it says. */
import { useQueryClient } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { useMemo } from 'react';
import type { ResultOf } from '../../../engine/results/contract.ts';
import type { RunSummary } from '../../../engine/results/runs.ts';
import { attempt } from '../../api/attempt.ts';
import { callQuery } from '../../api/callQuery.ts';
import type { RunView } from '../../api/runStore.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { Button } from '../../parts/button.tsx';
import { Empty, ErrorState, Loading } from '../../parts/states.tsx';
import { Select } from '../../parts/select.tsx';
import { SweepsRunBar } from '../ablate/sweepsRunBar.tsx';
import { SweepsRunPicker } from '../ablate/sweepsRunPicker.tsx';
import { SweepsRunState } from '../ablate/sweepsRunState.tsx';
import { usePruneRuns } from '../prune/pruneRuns.ts';
import { useChangeDictionaries, useDictionariesSettings, useTrain } from './dictionariesSettings.ts';
import { TrainChartPanel } from './trainChartPanel.tsx';
import { trainRows } from './trainRows.ts';
import { TrainTable } from './trainTable.tsx';
import { useSlowRun } from './useSlowRun.ts';

export function TrainResult(): ReactElement {
  const { list, isLoading, error } = usePruneRuns('trainDictionaries');
  const { run: chosen, beside } = useDictionariesSettings((settings) => settings);
  const change = useChangeDictionaries();
  const run = list.find(({ id }) => id === chosen) ?? list[0];
  if (run === undefined) return <NoRun {...{ isLoading, error }} />;
  return (
    <div className="dict-result">
      <div className="dict-top">
        <SweepsRunPicker runs={list} value={run.id} onChange={(next) => change({ run: next, hidden: [] })} />
        <BesidePicker runs={list.filter(({ id }) => id !== run.id)} value={beside} />
        <ForkButton run={run} />
      </div>
      <SweepsRunBar run={run.id} />
      <Shown key={run.id} run={run.id} beside={beside === run.id ? null : beside} />
    </div>
  );
}

function NoRun({ isLoading, error }: { readonly isLoading: boolean; readonly error: Error | null }): ReactElement {
  if (error !== null) return <ErrorState error={error} />;
  if (isLoading) return <Loading what="Reading the runs" />;
  return (
    <Empty title="No dictionary is trained yet">
      Press Start: loss, variance that is left unexplained, active and dead features and the loss that is recovered are
      drawn here while it trains, with the controls on the same rows beside. A training that is paused or interrupted
      goes on where it was.
    </Empty>
  );
}

/** Only one: more lines than these nobody tells apart. */
function BesidePicker({
  runs,
  value,
}: {
  readonly runs: readonly RunSummary[];
  readonly value: string | null;
}): ReactElement | null {
  const change = useChangeDictionaries();
  if (runs.length === 0) return null;
  const options = [
    { value: 'none', title: 'nothing beside' },
    ...runs.map(({ id, title }) => ({ value: id, title: `beside: ${title}` })),
  ];
  return (
    <Select
      label="Training beside it"
      value={value ?? 'none'}
      options={options}
      onChange={(next) => change({ beside: next === 'none' ? null : next })}
    />
  );
}

function ForkButton({ run }: { readonly run: RunSummary }): ReactElement {
  const workbench = useWorkbench();
  const queries = useQueryClient();
  const [, change] = useTrain();
  const fork = () =>
    attempt(workbench, async () => {
      const { record }: ResultOf<'record'> = await queries.fetchQuery(
        callQuery(workbench.client, 'record', { run: run.id }),
      );
      if (record.job.call !== 'trainDictionaries') return;
      const { request } = record.job;
      change({ name: null, fork: { request, learningRate: null, steps: request.steps * 2, typed: {} } });
    });
  return (
    <Button
      disabled={run.state === 'running' || run.state === 'queued'}
      onClick={fork}
      title="Go on from its last step with other settings"
    >
      Fork
    </Button>
  );
}

function Shown({ run, beside }: { readonly run: string; readonly beside: string | null }): ReactElement | null {
  const view = useSlowRun(run);
  const other = useSlowRun(beside);
  const rows = useRows(view);
  const otherRows = useRows(other);
  if (view === null) return null;
  if (rows === null) return isPreparing(view) ? <Loading what="Reading the rows" /> : <SweepsRunState view={view} />;
  return (
    <div className="dict-trained">
      <TrainChartPanel rows={rows} beside={otherRows} />
      <TrainTable rows={rows} />
    </div>
  );
}

function isPreparing({ summary, error }: RunView): boolean {
  return summary?.state === 'running' && error === null;
}

function useRows(view: RunView | null) {
  const table = view?.table ?? null;
  return useMemo(() => trainRows(table), [table]);
}
