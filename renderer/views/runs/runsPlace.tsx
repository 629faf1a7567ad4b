/** Every run of the project: what it was asked for, what came of it, and how two of them differ. */
import type { KeyboardEvent, ReactElement } from 'react';
import { useCallback } from 'react';
import './runs.css';
import type { RunSummary } from '../../../engine/results/runs.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { csvOf } from '../../parts/csv.ts';
import { Panel } from '../../parts/panel.tsx';
import { Segments } from '../../parts/segments.tsx';
import { isActive } from '../../shell/jobStates.ts';
import { ForkDialog } from './forkDialog.tsx';
import { copyDiagnostics, moveRun } from './runActions.ts';
import { RunFilters } from './runFilters.tsx';
import { RunListing } from './runListing.tsx';
import { RunNotes } from './runNotes.tsx';
import { proposedOther } from './runRows.ts';
import { useChangeRuns, useRunsSettings } from './runsSettings.ts';
import { RunTabs } from './runTabs.tsx';
import { useRunList } from './useRunList.ts';

export function RunsPlace(): ReactElement {
  const workbench = useWorkbench();
  const { asked, all, shown, chosen } = useRunList();
  const { isBin, isForking, other: kept } = useRunsSettings((settings) => settings);
  const change = useChangeRuns();
  const onChoose = useCallback(({ id }: RunSummary) => workbench.workspace.set({ run: id }), [workbench]);
  const onKeep = useCallback(({ id }: RunSummary) => change({ other: kept === id ? null : id }), [change, kept]);
  const other = chosen === null ? null : otherOf(chosen, kept, all);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Delete' || chosen === null || isActive(chosen) || isBin) return;
    moveRun(workbench, chosen, false);
  };
  return (
    <Panel
      title="Runs"
      className="runs"
      caption={captionOf(shown.length, all.length, isBin)}
      controls={
        <Segments
          label="Which runs"
          value={isBin ? 'bin' : 'project'}
          options={[
            { value: 'project', title: 'Project' },
            { value: 'bin', title: 'Bin' },
          ]}
          onChange={(where) => change({ isBin: where === 'bin', said: null })}
        />
      }
      exports={{ name: 'runs', csv: () => runsCsv(shown) }}
      actions={[{ title: 'Copy diagnostics', icon: 'copy', begins: true, onChoose: () => copyDiagnostics(workbench) }]}
    >
      <div className="runs-parts">
        <div className="runs-list">
          <RunFilters runs={all} />
          <RunNotes runs={all} problems={asked.data?.problems ?? []} />
          {/* Delete is answered for the table inside, which has the focus. */}
          <div className="runs-rows" role="presentation" onKeyDown={onKeyDown}>
            <RunListing {...{ asked, all, shown, onChoose, onKeep }} chosen={chosen?.id ?? null} other={kept} />
          </div>
        </div>
        <div className="runs-shown">
          <RunTabs run={chosen} other={other} runs={all} />
        </div>
      </div>
      {isForking && chosen !== null && <ForkDialog key={chosen.id} run={chosen} />}
    </Panel>
  );
}

function otherOf(chosen: RunSummary, kept: string | null, runs: readonly RunSummary[]): RunSummary | null {
  const found = runs.find(({ id }) => id === kept && id !== chosen.id);
  return found ?? proposedOther(chosen, runs);
}

function captionOf(shown: number, all: number, isBin: boolean): string {
  const words = all === 1 ? '1 run' : `${all} runs`;
  return `${shown === all ? words : `${shown} of ${words}`}${isBin ? ' in the bin' : ''}`;
}

function runsCsv(runs: readonly RunSummary[]): string {
  const head = ['id', 'title', 'call', 'model', 'prompts', 'n', 'state', 'created', 'seconds', 'rows', 'tags', 'from'];
  const cells = runs.map(({ id, title, call, model, prompts, state, created, seconds, rows, tags, from }) => [
    ...[id, title, call, model?.path ?? null, prompts?.name ?? null, prompts?.n ?? null],
    ...[state, created, seconds, rows, tags.join('; '), from],
  ]);
  return csvOf(head, cells);
}
