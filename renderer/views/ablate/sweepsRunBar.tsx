/** How far a run is, with the buttons that its state allows; nothing for one that is done and has nothing to say. */
import type { ReactElement } from 'react';
import type { RunSummary } from '../../../engine/results/runs.ts';
import { useRun } from '../../api/hooks.ts';
import { steerJob } from '../../api/jobs.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { ProgressBar } from '../../marks/progressBar.tsx';
import { Button } from '../../parts/button.tsx';
import { actionsOf } from '../../shell/jobStates.ts';
import { progressWords, stateWords } from './sweepsWords.ts';

/** Renders as rows come: keep it small. */
export function SweepsRunBar({ run }: { readonly run: string }): ReactElement | null {
  const summary = useRun(run)?.summary ?? null;
  if (summary === null) return null;
  const { state, warnings, progress, title } = summary;
  if (state === 'done') return warnings.length === 0 ? null : <div className="sweeps-bar">{warnings.join(' ')}</div>;
  const isMoving = (state === 'running' || state === 'paused') && progress !== null;
  return (
    <div className="sweeps-bar" data-state={state}>
      <span role="status">{wordsOf(summary)}</span>
      {isMoving && (
        <div className="sweeps-progress">
          <ProgressBar
            label={title}
            done={progress.done}
            total={progress.total}
            state={state === 'paused' ? 'paused' : 'running'}
          />
        </div>
      )}
      {isMoving && <span className="sweeps-quiet">{progressWords(summary)}</span>}
      <RunButtons run={summary} />
    </div>
  );
}

function wordsOf({ state, error }: RunSummary): string {
  if (state !== 'failed') return stateWords[state];
  return `${stateWords.failed}: ${error?.message ?? 'for a reason that the run does not state'}`;
}

const titles = { pause: 'Pause', resume: 'Go on', cancel: 'Cancel' } as const;
const icons = { pause: 'pause', resume: 'resume', cancel: 'stop' } as const;

function RunButtons({ run: { id, state, model } }: { readonly run: RunSummary }): ReactElement {
  const workbench = useWorkbench();
  return (
    <span className="sweeps-buttons">
      {state === 'waiting' && model !== null && (
        <Button onClick={() => workbench.dialogs.show({ kind: 'openModel', path: model.path })}>
          {`Open ${model.name}`}
        </Button>
      )}
      {actionsOf(state).map((action) => (
        <Button key={action} icon={icons[action]} onClick={() => steerJob(workbench, id, action)}>
          {titles[action]}
        </Button>
      ))}
    </span>
  );
}
