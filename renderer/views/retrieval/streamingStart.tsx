/** The button that starts a job, beside how long it takes. */
import type { ReactElement } from 'react';
import { attempt } from '../../api/attempt.ts';
import { useIsResident } from '../../api/hooks.ts';
import { startJob } from '../../api/jobs.ts';
import { useShortcut } from '../../api/useShortcut.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { Button } from '../../parts/button.tsx';
import type { JobPlan } from './streamingJobs.ts';
import { StreamingTime } from './streamingTime.tsx';

interface StreamingStartProps {
  readonly plan: JobPlan;
  readonly context: number;
  readonly onStarted: (run: string) => void;
}

export function StreamingStart({ plan, context, onStarted }: StreamingStartProps): ReactElement {
  const workbench = useWorkbench();
  const isResident = useIsResident();
  const isReady = plan.kind === 'ready' && isResident;
  const start = () =>
    attempt(workbench, async () => {
      if (plan.kind === 'ready') onStarted(await startJob(workbench.client, plan.job));
    });
  useShortcut('run', isReady ? start : null);
  return (
    <div className="retrieval-start">
      {plan.kind === 'problem' ? (
        <p className="retrieval-problem">{plan.text}</p>
      ) : (
        <StreamingTime job={plan.job} context={context} />
      )}
      <Button look="primary" icon="runs" disabled={!isReady} onClick={start} title="Ctrl Enter">
        Start
      </Button>
    </div>
  );
}
