/** What stands in place of a run's drawing while it has none: it is read, it waits, it failed. */
import type { ReactElement } from 'react';
import { fromRecord } from '../../../engine/results/errors.ts';
import type { RunView } from '../../api/runStore.ts';
import { steerJob } from '../../api/jobs.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { Empty, ErrorState, Loading } from '../../parts/states.tsx';

export function SweepsRunState({ view: { id, error, summary } }: { readonly view: RunView }): ReactElement {
  const workbench = useWorkbench();
  if (error !== null) return <ErrorState error={error} onRetry={() => workbench.runs.refresh(id)} />;
  if (summary === null) return <Loading what="Reading the run" />;
  if (summary.state === 'failed' && summary.error !== null) {
    return <ErrorState error={fromRecord(summary.error)} onRetry={() => steerJob(workbench, id, 'resume')} />;
  }
  if (summary.state === 'running') return <Loading what="Running the unedited model" />;
  return <Empty title="Nothing is measured yet">Numbers stand here as they come.</Empty>;
}
