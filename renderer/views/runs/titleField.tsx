/** The title of a run, which can be typed over: kept when Enter is pressed or the field is left, not when it is empty. */
import type { ReactElement } from 'react';
import { useState } from 'react';
import type { RunSummary } from '../../../engine/results/runs.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { TextInput } from '../../parts/input.tsx';
import { labelRun } from './runActions.ts';

export function TitleField({ run }: { readonly run: RunSummary }): ReactElement {
  const workbench = useWorkbench();
  /** What is being typed; null while nothing is. */
  const [typed, setTyped] = useState<string | null>(null);
  const keep = () => {
    const title = typed?.trim() ?? '';
    setTyped(null);
    if (title !== '' && title !== run.title) labelRun(workbench, { run: run.id, title });
  };
  return (
    <TextInput
      className="runs-title"
      aria-label="Title of the run"
      value={typed ?? run.title}
      onChange={setTyped}
      onBlur={keep}
      onKeyDown={(event) => {
        if (event.key === 'Enter') keep();
        if (event.key === 'Escape') setTyped(null);
      }}
    />
  );
}
