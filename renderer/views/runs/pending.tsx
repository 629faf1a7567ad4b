import type { ReactElement } from 'react';
import type { RunSummary } from '../../../engine/results/runs.ts';
import { ProgressBar } from '../../marks/progressBar.tsx';
import { progressWords, stateTitles } from './runWords.ts';
import { SteerButtons } from './steerButtons.tsx';
import { Waiting } from './waiting.tsx';

/** One of the two goes on: what is compared is the whole. */
export function Pending({ run }: { readonly run: RunSummary }): ReactElement {
  const { title, state, progress } = run;
  return (
    <div className="state runs-pending">
      <p className="state-title">{`${title}: ${stateTitles[state]}`}</p>
      <ProgressBar
        label={title}
        done={progress?.done ?? 0}
        total={progress?.total ?? null}
        state={state === 'paused' ? 'paused' : 'running'}
      />
      {progress !== null && <p className="state-text">{progressWords(run)}</p>}
      {state === 'waiting' && <Waiting run={run} />}
      <p className="state-text">The two are compared row by row when it has ended.</p>
      <div className="state-actions">
        <SteerButtons run={run} />
      </div>
    </div>
  );
}
