/** The plain fields of a run's request, to be changed before it is started again. */
import type { FormEvent, ReactElement } from 'react';
import { useState } from 'react';
import type { JobRequest, RunSummary } from '../../../engine/results/runs.ts';
import { useRecord, useTasks } from '../../api/queries.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { ErrorState, Loading } from '../../parts/states.tsx';
import { ForkFieldRow } from './forkFieldRow.tsx';
import type { ForkFieldId } from './forkFields.ts';
import { forkFields, withField } from './forkFields.ts';
import { fork } from './runActions.ts';
import { useChangeRuns } from './runsSettings.ts';

export function ForkDialog({ run }: { readonly run: RunSummary }): ReactElement {
  const { data, error } = useRecord(run.id);
  const change = useChangeRuns();
  return (
    <Dialog
      isOpen
      onClose={() => change({ isForking: false })}
      title={`Fork ${run.title}`}
      about="A new run that remembers which one it came from. What is not shown here stays as it was."
    >
      {error !== null && <ErrorState error={error} />}
      {error === null &&
        (data === undefined ? <Loading what="Reading the run" /> : <Form run={run} job={data.record.job} />)}
    </Dialog>
  );
}

interface FormProps {
  readonly run: RunSummary;
  readonly job: JobRequest;
}

function Form({ run, job }: FormProps): ReactElement {
  const workbench = useWorkbench();
  const tasks = useTasks().data?.tasks ?? [];
  const close = useChangeRuns();
  const [changed, setChanged] = useState(job);
  const [problem, setProblem] = useState<string | null>(null);
  const set = (id: ForkFieldId, value: string | number) => setChanged((before) => withField(before, id, value));
  const start = (event: FormEvent) => {
    event.preventDefault();
    fork(workbench, run.id, changed).catch((reason: unknown) => setProblem(String(Object(reason).message ?? reason)));
  };
  const fields = forkFields(changed, tasks);
  return (
    <form onSubmit={start} className="form">
      {fields.length === 0 && <p className="runs-quiet">Its request has no plain field: it would be the same again.</p>}
      {fields.map((field) => (
        <ForkFieldRow key={field.id} field={field} onChange={(value) => set(field.id, value)} />
      ))}
      {problem !== null && (
        <p role="alert" className="runs-failed">
          {problem}
        </p>
      )}
      <div className="form-actions">
        <Button onClick={() => close({ isForking: false })}>Cancel</Button>
        <button type="submit" className="button" data-look="primary">
          Start
        </button>
      </div>
    </form>
  );
}
