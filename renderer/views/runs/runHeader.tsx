/** Title, state and folder of a run, and what can be done with it. */
import type { ReactElement } from 'react';
import type { RunRecord, RunSummary } from '../../../engine/results/runs.ts';
import { useWatch } from '../../api/hooks.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { formatDuration, formatNumber, formatRate } from '../../marks/format.ts';
import { ProgressBar } from '../../marks/progressBar.tsx';
import { Button, IconButton } from '../../parts/button.tsx';
import { copyText } from '../../parts/copyText.ts';
import { RunButtons } from './runButtons.tsx';
import { StateWord } from './runState.tsx';
import { callTitles, progressWords, promptsWords, timeWords } from './runWords.ts';
import { TitleField } from './titleField.tsx';

interface RunHeaderProps {
  readonly run: RunSummary;
  readonly record: RunRecord;
  readonly folder: string;
}

export function RunHeader({ run, record, folder }: RunHeaderProps): ReactElement {
  return (
    <header className="runs-head">
      <TitleField run={run} />
      <p className="runs-facts">
        <StateWord run={run} />
        <span>{factsOf(run)}</span>
      </p>
      {(run.state === 'running' || run.state === 'paused') && <Progress run={run} />}
      {run.state === 'waiting' && <Waiting run={run} />}
      <div className="runs-buttons">
        <RunButtons run={run} record={record} />
      </div>
      <p className="runs-folder">
        <code title={folder}>{folder}</code>
        <IconButton icon="copy" label="Copy the path of the folder" onClick={() => void copyText(folder)} />
      </p>
    </header>
  );
}

function factsOf(run: RunSummary): string {
  const { call, model, created, seconds, rows } = run;
  const words = [callTitles[call], model?.name, promptsWords(run), timeWords(created), formatDuration(seconds)];
  return [...words.filter(Boolean), `${formatNumber(rows)} rows`].join(' · ');
}

function Progress({ run }: { readonly run: RunSummary }): ReactElement {
  const { progress, rate, state, title } = run;
  const speed = rate === null || progress === null ? '' : ` · ${formatRate(rate, progress.of)}`;
  return (
    <div className="runs-running">
      <ProgressBar
        label={title}
        done={progress?.done ?? 0}
        total={progress?.total ?? null}
        state={state === 'paused' ? 'paused' : 'running'}
      />
      <span>{progress === null ? 'starting' : `${progressWords(run)}${speed}`}</span>
    </div>
  );
}

/** A job does not take the model in memory away from whoever works with it: the user says when. */
function Waiting({ run: { model } }: { readonly run: RunSummary }): ReactElement | null {
  const { dialogs } = useWorkbench();
  const resident = useWatch((state) => state.resident?.model.name ?? null);
  if (model === null) return null;
  return (
    <div className="runs-running">
      <span>{`${resident ?? 'Another model'} is in memory. This begins when ${model.name} is opened.`}</span>
      <Button onClick={() => dialogs.show({ kind: 'openModel', path: model.path })}>{`Open ${model.name}`}</Button>
    </div>
  );
}
