/** Reads every weight of the file, as a job, and says what is wrong with them. */
import type { ReactElement } from 'react';
import { verifyResult } from '../../../engine/results/models.ts';
import type { RunSummary } from '../../../engine/results/runs.ts';
import { attempt } from '../../api/attempt.ts';
import { useRun, useWatch } from '../../api/hooks.ts';
import { startJob, steerJob } from '../../api/jobs.ts';
import { useRuns } from '../../api/queries.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { ProgressBar } from '../../marks/progressBar.tsx';
import { Button } from '../../parts/button.tsx';
import { isActive } from '../../shell/jobStates.ts';

export function VerifySection({ path }: { readonly path: string }): ReactElement {
  const workbench = useWorkbench();
  const run = useLastVerify(path);
  const start = () =>
    attempt(workbench, async () => {
      await startJob(workbench.client, { call: 'verify', request: { model: path } });
    });
  if (run !== null && isActive(run)) return <Verifying run={run} />;
  return (
    <>
      {run === null ? (
        <p className="models-quiet">The weights of this file have not been read through yet.</p>
      ) : (
        <Verified run={run} />
      )}
      <Button onClick={start}>{run === null ? 'Verify the weights' : 'Verify again'}</Button>
    </>
  );
}

/** The newest of this model, of this session or before. */
function useLastVerify(path: string): RunSummary | null {
  const jobs = useWatch((state) => state.jobs);
  const { data } = useRuns();
  const isOfModel = ({ call, model }: RunSummary) => call === 'verify' && model?.path === path;
  return jobs.find(isOfModel) ?? data?.runs.find(isOfModel) ?? null;
}

function Verifying({ run }: { readonly run: RunSummary }): ReactElement {
  const workbench = useWorkbench();
  const { done, total } = run.progress ?? { done: 0, total: null };
  return (
    <>
      <p className="models-quiet">{run.state === 'running' ? 'Reading every weight' : `Verifying: ${run.state}`}</p>
      <div className="models-opening">
        <ProgressBar label="Reading every weight" done={done} total={total} />
        <Button onClick={() => steerJob(workbench, run.id, 'cancel')}>Cancel</Button>
      </div>
    </>
  );
}

/** Problems that are listed at once. */
const LISTED = 8;

function Verified({ run }: { readonly run: RunSummary }): ReactElement {
  const record = useRun(run.id)?.record ?? null;
  const result = record === null ? null : (verifyResult.safeParse(record.result).data ?? null);
  const when = run.created.slice(0, 10);
  if (run.state !== 'done')
    return (
      <p className="models-warn">{`Verifying was ${run.state} on ${when}${run.error === null ? '' : `: ${run.error.message}`}`}</p>
    );
  if (result === null) return <p className="models-quiet">{`Verified on ${when}`}</p>;
  if (result.problems.length === 0)
    return (
      <p className="models-good">{`All ${result.tensors} tensors were read on ${when}: every number is finite.`}</p>
    );
  return (
    <div role="alert">
      <p className="models-warn">{`${result.problems.length} of ${result.tensors} tensors are faulty (${when}):`}</p>
      <ul className="models-problems">
        {result.problems.slice(0, LISTED).map((problem) => (
          <li key={problem}>{problem}</li>
        ))}
      </ul>
      {result.problems.length > LISTED && (
        <p className="models-quiet">{`and ${result.problems.length - LISTED} more`}</p>
      )}
    </div>
  );
}
