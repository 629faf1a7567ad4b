import type { ReactElement } from 'react';
import type { RunSummary } from '../../../engine/results/runs.ts';
import { Select } from '../../parts/select.tsx';
import { useChangeRuns } from './runsSettings.ts';
import { timeWords } from './runWords.ts';

/** Runs that the list of a select holds; the table of runs takes any. */
const LISTED = 40;

interface OtherPickerProps {
  readonly run: RunSummary;
  readonly other: RunSummary | null;
  readonly runs: readonly RunSummary[];
}

/** Which run the chosen one is compared with; those of its own kind come first. */
export function OtherPicker({ run, other, runs }: OtherPickerProps): ReactElement {
  const change = useChangeRuns();
  const others = runs.filter(({ id }) => id !== run.id);
  const isLike = ({ call }: RunSummary) => call === run.call;
  const sorted = [...others.filter(isLike), ...others.filter((one) => !isLike(one))].slice(0, LISTED);
  const listed = other === null || sorted.includes(other) ? sorted : [other, ...sorted];
  const options = listed.map(({ id, title, created }) => ({ value: id, title, detail: timeWords(created) }));
  return (
    <>
      <span className="runs-quiet">with</span>
      <Select
        label="Run to compare with"
        value={other?.id ?? null}
        options={options}
        placeholder="Choose a run"
        onChange={(id) => change({ other: id })}
      />
    </>
  );
}
