/** Starts a job about a dictionary, and says beside the button how far it is. */
import type { ReactElement } from 'react';
import { useState } from 'react';
import type { JobRequest } from '../../../engine/results/runs.ts';
import { attempt } from '../../api/attempt.ts';
import { useRun } from '../../api/hooks.ts';
import { startJob } from '../../api/jobs.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { formatNumber } from '../../marks/format.ts';
import { Button } from '../../parts/button.tsx';

interface JobButtonProps {
  readonly title: string;
  /** What it does, or why it can't be pressed. */
  readonly about: string;
  readonly isQuiet?: boolean;
  readonly disabled: boolean;
  readonly job: JobRequest;
}

export function JobButton({ title, about, isQuiet = false, disabled, job }: JobButtonProps): ReactElement {
  const workbench = useWorkbench();
  const [run, setRun] = useState<string | null>(null);
  const start = () => attempt(workbench, async () => setRun(await startJob(workbench.client, job)));
  return (
    <>
      {run !== null && <Progress run={run} />}
      <Button look={isQuiet ? 'plain' : 'normal'} disabled={disabled} onClick={start} title={about}>
        {title}
      </Button>
    </>
  );
}

function Progress({ run }: { readonly run: string }): ReactElement | null {
  const summary = useRun(run)?.summary ?? null;
  if (summary === null || summary.state === 'done') return null;
  const { progress, state, error } = summary;
  const share =
    progress === null ? '' : ` ${formatNumber(Math.floor(progress.done))} of ${formatNumber(progress.total)}`;
  return (
    <span className={error === null ? 'sweeps-quiet' : 'sweeps-problem'} role="status">
      {error?.message ?? `${state}${share}`}
    </span>
  );
}
