/** Title, state and folder of a run, and what can be done with it. */
import type { ReactElement } from 'react';
import type { RunRecord, RunSummary } from '../../../engine/results/runs.ts';
import { formatDuration, formatNumber, formatRate } from '../../marks/format.ts';
import { ProgressBar } from '../../marks/progressBar.tsx';
import { IconButton } from '../../parts/button.tsx';
import { copyText } from '../../parts/copyText.ts';
import { RunButtons } from './runButtons.tsx';
import { StateWord } from './runState.tsx';
import { callTitles, progressWords, promptsWords, timeWords } from './runWords.ts';
import { TitleField } from './titleField.tsx';
import { useIsOurs } from './useIsOurs.ts';
import { Waiting } from './waiting.tsx';

interface RunHeaderProps {
  readonly run: RunSummary;
  readonly record: RunRecord;
  readonly folder: string;
}

export function RunHeader({ run, record, folder }: RunHeaderProps): ReactElement {
  const isOurs = useIsOurs(run);
  return (
    <header className="runs-head">
      <TitleField run={run} />
      <p className="runs-facts">
        <StateWord run={run} />
        <span>{factsOf(run)}</span>
      </p>
      {(run.state === 'running' || run.state === 'paused') && <Progress run={run} />}
      {run.state === 'waiting' && <Waiting run={run} />}
      {!isOurs && <p className="runs-quiet">Another process, such as a command in a terminal, is at work on it.</p>}
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
      <span>
        {progress === null
          ? state === 'paused'
            ? 'paused before it began'
            : 'starting'
          : `${progressWords(run)}${speed}`}
      </span>
    </div>
  );
}
