/** What can be done with the chosen run, in the bin and out of it. */
import type { ReactElement } from 'react';
import type { RunRecord, RunSummary } from '../../../engine/results/runs.ts';
import { useShortcut } from '../../api/useShortcut.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { Button } from '../../parts/button.tsx';
import { Menu } from '../../parts/menu.tsx';
import { isActive } from '../../shell/jobStates.ts';
import { exportRun, formatsOf, isRepeatable, moveRun, rerun } from './runActions.ts';
import type { ExportFormat } from './runActions.ts';
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
      <ExportMenu run={run} />
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
      <ExportMenu run={run} />
      {!isActive(run) && (
        <Button look="plain" onClick={() => moveRun(workbench, run, false)} title="Into the bin (Delete)">
          Delete
        </Button>
      )}
    </>
  );
}

const formatTitles: Readonly<Record<ExportFormat, string>> = {
  'heads.json': 'heads.json',
  csv: 'Table (CSV)',
  parquet: 'Table (Parquet)',
  wu: 'Retrieval_Head, HeadKV (JSON)',
  locos: 'LOCOS (JSON)',
  'qr-head': 'QRHead (JSON)',
  'qr-head-set': 'QRHead set',
  'hf-heads': 'Hugging Face pruned heads',
  'head-mask': 'Hugging Face head mask',
  'duo-attention': 'DuoAttention (ZIP)',
  razor: 'RazorAttention (JSON)',
  'head-vis': 'HeadVis (ZIP)',
  'rows.jsonl': 'Rows (JSON lines)',
  'bundle.zip': 'All of it (ZIP)',
};

function ExportMenu({ run: { id, call, rows } }: { readonly run: RunSummary }): ReactElement {
  const workbench = useWorkbench();
  const items = formatsOf(call).map((format) => ({
    title: formatTitles[format],
    onChoose: () => exportRun(workbench, id, format),
  }));
  return (
    <Menu
      label="Export the run"
      align="start"
      items={items}
      trigger={
        <Button icon="download" disabled={rows === 0}>
          Export
        </Button>
      }
    />
  );
}
