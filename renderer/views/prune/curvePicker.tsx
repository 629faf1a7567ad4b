/** Which plan or curve is looked at: of a run, or that of the settings. */
import type { ReactElement } from 'react';
import { Select } from '../../parts/select.tsx';
import { createdWords } from '../ablate/sweepsWords.ts';
import type { PruneRuns } from './pruneRuns.ts';
import { useChangePrune } from './pruneSettings.ts';

interface CurvePickerProps {
  readonly run: string | null;
  readonly runs: PruneRuns;
}

export function CurvePicker({ run, runs }: CurvePickerProps): ReactElement {
  const change = useChangePrune();
  const measured = runs.list.map(({ id, call, title, created, state }) => ({
    ...{ value: id, title, group: call === 'prunePlan' ? 'Plans' : 'Curves' },
    detail: [createdWords(created), ...(state === 'done' ? [] : [state])].join(' · '),
  }));
  const prepared = { value: 'prepared', title: 'Settings at the left', detail: 'slider only, nothing measured yet' };
  return (
    <Select
      label="Plan or curve"
      value={run ?? 'prepared'}
      options={[prepared, ...measured]}
      onChange={(curve) => change({ curve })}
    />
  );
}
