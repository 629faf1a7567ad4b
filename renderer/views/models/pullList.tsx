/** Downloads of this session: how far they are, what went wrong, and where they lie. */
import type { ReactElement } from 'react';
import { useEffect, useState } from 'react';
import { pullResult } from '../../../engine/results/pull.ts';
import type { RunSummary } from '../../../engine/results/runs.ts';
import { attempt } from '../../api/attempt.ts';
import { useRun, useWatch } from '../../api/hooks.ts';
import { steerJob } from '../../api/jobs.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { formatDuration } from '../../marks/format.ts';
import { ProgressBar } from '../../marks/progressBar.tsx';
import { Button, IconButton } from '../../parts/button.tsx';
import { formatBytes } from '../../shell/formatBytes.ts';
import { actionsOf, isActive } from '../../shell/jobStates.ts';
import { useChangeModels } from './modelsSettings.ts';
import { refreshLibrary } from './refreshLibrary.ts';

export function PullList(): ReactElement | null {
  const [hidden, setHidden] = useState<readonly string[]>([]);
  const jobs = useWatch((state) => state.jobs);
  const pulls = jobs.filter(({ call, id }) => call === 'pull' && !hidden.includes(id));
  useListedWhenDone(pulls);
  if (pulls.length === 0) return null;
  return (
    <ul className="models-pulls" aria-label="Downloads">
      {pulls.map((job) => (
        <Pull key={job.id} job={job} onHide={() => setHidden([...hidden, job.id])} />
      ))}
    </ul>
  );
}

/** What has come is in the cache, and so in the list. */
function useListedWhenDone(pulls: readonly RunSummary[]): void {
  const workbench = useWorkbench();
  const done = pulls.filter(({ state }) => state === 'done').length;
  useEffect(() => {
    if (done > 0) attempt(workbench, () => refreshLibrary(workbench));
  }, [workbench, done]);
}

interface PullProps {
  readonly job: RunSummary;
  readonly onHide: () => void;
}

const verbs = { pause: 'Pause', resume: 'Go on', cancel: 'Cancel' } as const;

function Pull({ job, onHide }: PullProps): ReactElement {
  const workbench = useWorkbench();
  const { id, title, state, progress } = job;
  return (
    <li>
      <span className="models-pull-title">{title}</span>
      {isActive(job) && <ProgressBar label={title} done={progress?.done ?? 0} total={progress?.total ?? null} />}
      <span
        className={state === 'failed' ? 'models-warn' : 'models-quiet'}
        role={state === 'failed' ? 'alert' : 'status'}
      >
        {pullWords(job)}
      </span>
      <span className="models-pull-actions">
        {state === 'done' && <ShowPulled run={id} />}
        {actionsOf(state).map((action) => (
          <Button key={action} look="plain" onClick={() => steerJob(workbench, id, action)}>
            {state === 'failed' && action === 'resume' ? 'Try again' : verbs[action]}
          </Button>
        ))}
        {!isActive(job) && <IconButton icon="close" label={`Hide ${title}`} onClick={onHide} />}
      </span>
    </li>
  );
}

function pullWords({ state, progress, secondsLeft, error }: RunSummary): string {
  if (state === 'failed') return error?.message ?? 'failed';
  const amount = progress === null ? null : `${formatBytes(progress.done)} of ${formatBytes(progress.total)}`;
  const left = secondsLeft === null || state !== 'running' ? null : `${formatDuration(secondsLeft)} left`;
  return (
    [state === 'running' ? null : state, amount, left].filter((word) => word !== null).join(' · ') || 'asking the hub'
  );
}

function ShowPulled({ run }: { readonly run: string }): ReactElement | null {
  const change = useChangeModels();
  const result = pullResult.safeParse(useRun(run)?.record?.result).data;
  if (result === undefined) return null;
  const { folder, files } = result;
  const gguf = files.find((file) => file.endsWith('.gguf'));
  // A snapshot of GGUF files alone is opened by the file.
  const path = gguf === undefined ? folder : `${folder}/${gguf}`;
  return (
    <Button look="plain" onClick={() => change({ shown: path })}>
      Show
    </Button>
  );
}
