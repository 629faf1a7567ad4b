/** Along the bottom: the job that runs, the others behind a button, notices, memory, where things are saved. */
import type { ReactElement } from 'react';
import { fromRecord } from '../../engine/results/errors.ts';
import type { RunSummary } from '../../engine/results/runs.ts';
import { useWatch } from '../api/hooks.ts';
import { steerJob } from '../api/jobs.ts';
import { useWorkbench } from '../api/workbench.ts';
import { formatDuration, formatNumber, formatRate } from '../marks/format.ts';
import { ProgressBar } from '../marks/progressBar.tsx';
import { Button } from '../parts/button.tsx';
import { Kbd } from '../parts/kbd.tsx';
import { Popover } from '../parts/popover.tsx';
import { formatBytes } from './formatBytes.ts';
import { JobList } from './jobList.tsx';
import { isActive, shownJob } from './jobStates.ts';
import './jobTray.css';
import { NoticeList } from './noticeList.tsx';

export function JobTray(): ReactElement {
  const jobs = useWatch((state) => state.jobs);
  const memory = useWatch((state) => state.memory);
  const project = useWatch((state) => state.project);
  const notices = useWatch((state) => state.notices);
  const job = shownJob(jobs);
  const active = jobs.filter(isActive).length;
  const bad = notices.filter(({ level }) => level !== 'info').length;
  return (
    <footer className="tray" aria-label="Jobs">
      {job === null ? <Quiet last={jobs[0] ?? null} /> : <CurrentJob job={job} />}
      <div className="tray-right">
        <Popover
          label="Jobs"
          side="top"
          align="end"
          trigger={<Button look="plain">{active > 1 ? `${active} jobs` : 'Jobs'}</Button>}
        >
          <JobList jobs={jobs} />
        </Popover>
        <Popover
          label="Notices"
          side="top"
          align="end"
          trigger={
            <Button look="plain" className={bad > 0 ? 'tray-warn' : undefined}>
              {notices.length === 0 ? 'Notices' : `Notices ${notices.length}`}
            </Button>
          }
        >
          <NoticeList notices={notices} />
        </Popover>
        <span className="tray-quiet">
          {memory === null ? 'engine not started' : `engine ${formatBytes(memory)}`}
          {project !== '' && ` · saved in ${lastPart(project)}/runs`}
        </span>
      </div>
    </footer>
  );
}

/** Nothing runs; a failure of the newest job is not passed over. */
function Quiet({ last }: { readonly last: RunSummary | null }): ReactElement {
  const { dialogs } = useWorkbench();
  const error = last?.state === 'failed' ? last.error : null;
  if (last === null || error === null) return <span className="tray-quiet">No job is running</span>;
  return (
    <>
      <span className="tray-title tray-bad">{`${last.title} failed: ${error.message}`}</span>
      <Button look="plain" onClick={() => dialogs.show({ kind: 'error', error: fromRecord(error) })}>
        Details
      </Button>
    </>
  );
}

function CurrentJob({ job }: { readonly job: RunSummary }): ReactElement {
  const workbench = useWorkbench();
  const { id, title, progress, state } = job;
  // The programs are those of the model that is opened again first: their time is not the job's.
  const isOpening = progress?.of === 'programs';
  const pace = isOpening ? ['opening the model'] : paceWords(job);
  const speed = [...pace, ...(state === 'running' ? [] : [state])];
  const isPaused = state === 'paused';
  return (
    <>
      <span className="tray-title">{title}</span>
      <div className="tray-bar">
        <ProgressBar
          label={title}
          done={progress?.done ?? 0}
          total={progress?.total ?? null}
          state={isPaused ? 'paused' : 'running'}
        />
      </div>
      {progress !== null && (
        <span className="tray-count">{`${formatNumber(Math.floor(progress.done))}/${formatNumber(progress.total)}`}</span>
      )}
      <span className="tray-quiet">{speed.join(' · ')}</span>
      <Button look="plain" onClick={() => steerJob(workbench, id, isPaused ? 'resume' : 'pause')}>
        {isPaused ? 'Resume' : 'Pause'}
      </Button>
      <Button look="plain" onClick={() => steerJob(workbench, id, 'cancel')}>
        Cancel <Kbd keys="Ctrl+." />
      </Button>
    </>
  );
}

/** `3.6 units/s`, `7 s left`; nothing while they are not known. */
function paceWords({ progress, rate, secondsLeft }: RunSummary): readonly string[] {
  return [
    ...(rate === null || progress === null ? [] : [formatRate(rate, progress.of)]),
    ...(secondsLeft === null ? [] : [`${formatDuration(secondsLeft)} left`]),
  ];
}

function lastPart(path: string): string {
  return path.split(/[\\/]/).filter(Boolean).at(-1) ?? path;
}
