/** Which run is looked at: newest first. */
import type { ReactElement } from 'react';
import type { RunSummary } from '../../../engine/results/runs.ts';
import { Select } from '../../parts/select.tsx';
import { createdWords } from './sweepsWords.ts';

interface SweepsRunPickerProps {
  readonly runs: readonly RunSummary[];
  readonly value: string;
  readonly onChange: (run: string) => void;
}

export function SweepsRunPicker({ runs, value, onChange }: SweepsRunPickerProps): ReactElement {
  const options = runs.map((run) => ({
    value: run.id,
    title: run.title,
    detail: [
      ...(run.prompts === null ? [] : [`n ${run.prompts.n}`]),
      createdWords(run.created),
      ...(run.state === 'done' ? [] : [run.state]),
    ].join(' · '),
  }));
  return <Select label="Run" {...{ value, options, onChange }} />;
}
