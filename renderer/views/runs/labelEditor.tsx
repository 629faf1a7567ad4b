/** What the user says of a run: kept when the field is left. */
import type { ReactElement } from 'react';
import { useState } from 'react';
import type { RunSummary } from '../../../engine/results/runs.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { Field } from '../../parts/field.tsx';
import { TextInput } from '../../parts/input.tsx';
import { labelRun } from './runActions.ts';
import { readTags } from './runRows.ts';

export function LabelEditor({ run }: { readonly run: RunSummary }): ReactElement {
  return (
    <div className="form">
      <Tags run={run} />
      <Note run={run} />
    </div>
  );
}

function Tags({ run }: { readonly run: RunSummary }): ReactElement {
  const workbench = useWorkbench();
  const [typed, setTyped] = useState<string | null>(null);
  const kept = run.tags.join(', ');
  const keep = () => {
    const tags = readTags(typed ?? kept);
    setTyped(null);
    if (tags.join(', ') !== kept) labelRun(workbench, { run: run.id, tags });
  };
  return (
    <Field label="Tags, with commas between">
      {(ids) => (
        <TextInput
          {...ids}
          value={typed ?? kept}
          onChange={setTyped}
          onBlur={keep}
          onKeyDown={(event) => event.key === 'Enter' && keep()}
        />
      )}
    </Field>
  );
}

function Note({ run }: { readonly run: RunSummary }): ReactElement {
  const workbench = useWorkbench();
  const [typed, setTyped] = useState<string | null>(null);
  const keep = () => {
    const note = typed ?? run.note;
    setTyped(null);
    if (note !== run.note) labelRun(workbench, { run: run.id, note });
  };
  return (
    <Field label="Note" hint="Kept in the run’s folder.">
      {(ids) => (
        <textarea
          {...ids}
          className="input runs-text"
          rows={4}
          maxLength={100_000}
          value={typed ?? run.note}
          onChange={(event) => setTyped(event.target.value)}
          onBlur={keep}
        />
      )}
    </Field>
  );
}
