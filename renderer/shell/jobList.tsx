/** All jobs of the session, with what can be done about each. */
import type { ReactElement } from 'react';
import type { RunSummary } from '../../engine/results/runs.ts';
import { steerJob } from '../api/jobs.ts';
import { useWorkbench } from '../api/workbench.ts';
import { formatDuration } from '../marks/format.ts';
import { ProgressBar } from '../marks/progressBar.tsx';
import { IconButton } from '../parts/button.tsx';
import type { IconName } from '../parts/icon.tsx';
import { actionsOf } from './jobStates.ts';

const icons: Readonly<Record<ReturnType<typeof actionsOf>[number], IconName>> = {
  pause: 'pause',
  resume: 'resume',
  cancel: 'stop',
};
const names = { pause: 'Pause', resume: 'Resume', cancel: 'Cancel' } as const;

export function JobList({ jobs }: { readonly jobs: readonly RunSummary[] }): ReactElement {
  if (jobs.length === 0) return <p className="tray-quiet">No jobs in this session.</p>;
  return (
    <ul className="jobs">
      {jobs.map((job) => (
        <Job key={job.id} job={job} />
      ))}
    </ul>
  );
}

function Job({ job }: { readonly job: RunSummary }): ReactElement {
  const workbench = useWorkbench();
  const { id, title, state, progress, seconds, error } = job;
  const amount = progress === null ? '' : ` · ${progress.done} of ${progress.total} ${progress.of}`;
  return (
    <li className="jobs-job">
      <div className="jobs-text">
        <span>{title}</span>
        <span className="tray-quiet">{error?.message ?? `${state}${amount} · ${formatDuration(seconds)}`}</span>
        {state === 'running' && (
          <ProgressBar label={title} done={progress?.done ?? 0} total={progress?.total ?? null} />
        )}
      </div>
      {actionsOf(state).map((action) => (
        <IconButton
          key={action}
          icon={icons[action]}
          label={`${names[action]} ${title}`}
          onClick={() => steerJob(workbench, id, action)}
        />
      ))}
    </li>
  );
}
