/** The state of a run, and how far it is while it goes on. */
import type { ReactElement } from 'react';
import type { RunSummary } from '../../../engine/results/runs.ts';
import { ProgressBar } from '../../marks/progressBar.tsx';
import { progressWords, stateWords } from './runWords.ts';

export function RunStateCell({ run }: { readonly run: RunSummary }): ReactElement {
  const { state, progress, title } = run;
  if ((state !== 'running' && state !== 'paused') || progress === null) return <StateWord run={run} />;
  return (
    <span className="runs-progress" title={`${state}: ${progressWords(run)}`}>
      <ProgressBar
        label={title}
        done={progress.done}
        total={progress.total}
        state={state === 'paused' ? 'paused' : 'running'}
      />
      <span>{`${Math.floor((100 * progress.done) / Math.max(1, progress.total))} %`}</span>
    </span>
  );
}

export function StateWord({ run }: { readonly run: RunSummary }): ReactElement {
  return (
    <span className="runs-state" data-state={run.state} title={run.error?.message}>
      {stateWords(run)}
    </span>
  );
}
