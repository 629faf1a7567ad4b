/** What can be done with the chosen run, in the bin and out of it. */
import type { ReactElement } from 'react';
import type { RunRecord, RunSummary } from '../../../engine/results/runs.ts';
import { useShortcut } from '../../api/useShortcut.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { Button } from '../../parts/button.tsx';
import { isActive } from '../../shell/jobStates.ts';
import { isRepeatable, moveRun, rerun } from './runActions.ts';
import { useChangeRuns, useRunsSettings } from './runsSettings.ts';
import { ShowInHeads } from './showInHeads.tsx';
import { SteerButtons } from './steerButtons.tsx';

interface RunButtonsProps {
  readonly run: RunSummary;
  readonly record: RunRecord;
}

export function RunButtons({ run, record }: RunButtonsProps): ReactElement {
  const isBin = useRunsSettings((settings) => settings.isBin);
  return isBin ? <BinButtons run={run} /> : <ProjectButtons run={run} record={record} />;
}

function BinButtons({ run }: { readonly run: RunSummary }): ReactElement {
  const workbench = useWorkbench();
  return (
    <>
      <Button icon="undo" onClick={() => moveRun(workbench, run, true)}>
        Restore
      </Button>
      <ExportButton run={run} />
    </>
  );
}

function ProjectButtons({ run, record }: RunButtonsProps): ReactElement {
  const workbench = useWorkbench();
  const change = useChangeRuns();
  const repeats = isRepeatable(run.call);
  const again = () => rerun(workbench, record);
  useShortcut('run', repeats ? again : null);
  return (
    <>
      <SteerButtons run={run} />
      <ShowInHeads run={run} />
      {repeats && (
        <>
          <Button onClick={again} title="Does the same again and compares the numbers (Ctrl+Enter)">
            Re-run
          </Button>
          <Button onClick={() => change({ isForking: true })} title="Changes the request, then starts it">
            Fork
          </Button>
        </>
      )}
      <ExportButton run={run} />
      {!isActive(run) && (
        <Button look="plain" onClick={() => moveRun(workbench, run, false)} title="Into the bin (Delete)">
          Delete
        </Button>
      )}
    </>
  );
}

function ExportButton({ run: { id, title, rows } }: { readonly run: RunSummary }): ReactElement {
  const { dialogs } = useWorkbench();
  return (
    <Button
      icon="download"
      disabled={rows === 0}
      title="In the forms of other tools, as a table, or whole"
      onClick={() => dialogs.show({ kind: 'exportRun', run: id, title })}
    >
      Export
    </Button>
  );
}
