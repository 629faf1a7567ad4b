/** Fetches a model from the hub into the standard cache, as a job. */
import type { ReactElement, SyntheticEvent } from 'react';
import { useState } from 'react';
import { startJob } from '../../api/jobs.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { Button } from '../../parts/button.tsx';
import { Field } from '../../parts/field.tsx';
import { TextInput } from '../../parts/input.tsx';
import { Popover } from '../../parts/popover.tsx';
import { pullRequestOf } from './pullRequestOf.ts';

export function PullButton(): ReactElement {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <Popover
      label="Download from the hub"
      align="end"
      isOpen={isOpen}
      onOpenChange={setIsOpen}
      trigger={<Button icon="download">Download</Button>}
    >
      <PullForm onStarted={() => setIsOpen(false)} />
    </Popover>
  );
}

function PullForm({ onStarted }: { readonly onStarted: () => void }): ReactElement {
  const { client } = useWorkbench();
  const [fields, setFields] = useState({ repository: '', files: '', revision: '' });
  const [error, setError] = useState<string | null>(null);
  const change = (values: Partial<typeof fields>) => setFields({ ...fields, ...values });
  const start = async (event: SyntheticEvent) => {
    event.preventDefault();
    try {
      await startJob(client, { call: 'pull', request: pullRequestOf(fields) });
      onStarted();
    } catch (reason) {
      setError(reason instanceof Error ? reason.message : String(reason));
    }
  };
  return (
    <form className="form models-pull" onSubmit={(event) => void start(event)}>
      <Field
        label="Repository on Hugging Face"
        hint="Kept in the standard cache, which other tools share."
        error={error}
      >
        {(ids) => (
          <TextInput
            {...ids}
            placeholder="owner/name"
            value={fields.repository}
            onChange={(repository) => change({ repository })}
          />
        )}
      </Field>
      <Field
        label="Files, where not all that opening needs"
        hint="Separated by spaces. A repository of several GGUF files needs the name of one."
      >
        {(ids) => (
          <TextInput
            {...ids}
            placeholder="model-Q4_K_M.gguf"
            value={fields.files}
            onChange={(files) => change({ files })}
          />
        )}
      </Field>
      <Field label="Branch, tag or commit">
        {(ids) => (
          <TextInput
            {...ids}
            placeholder="main"
            value={fields.revision}
            onChange={(revision) => change({ revision })}
          />
        )}
      </Field>
      <div className="form-actions">
        <button type="submit" className="button" data-look="primary" disabled={fields.repository.trim() === ''}>
          Download
        </button>
      </div>
    </form>
  );
}
