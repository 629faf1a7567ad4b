/** Which runs are listed: by words, kind, state and tag. */
import type { ReactElement } from 'react';
import { useRef } from 'react';
import type { RunSummary } from '../../../engine/results/runs.ts';
import { useShortcut } from '../../api/useShortcut.ts';
import { TextInput } from '../../parts/input.tsx';
import type { SelectOption } from '../../parts/select.tsx';
import { Select } from '../../parts/select.tsx';
import type { RunFilter, StateFilter } from './runRows.ts';
import { callsOf, tagsOf } from './runRows.ts';
import { useChangeRuns, useRunsSettings } from './runsSettings.ts';
import { callTitles } from './runWords.ts';

const ANY = 'any';

const states: readonly SelectOption<StateFilter | typeof ANY>[] = [
  { value: ANY, title: 'Any state' },
  { value: 'active', title: 'Going on' },
  { value: 'done', title: 'Done' },
  { value: 'cancelled', title: 'Cancelled' },
  { value: 'interrupted', title: 'Interrupted' },
  { value: 'failed', title: 'Failed' },
];

export function RunFilters({ runs }: { readonly runs: readonly RunSummary[] }): ReactElement {
  const filter: RunFilter = useRunsSettings((settings) => settings);
  const change = useChangeRuns();
  const tags = tagsOf(runs);
  const calls = callsOf(runs).map((call) => ({ value: call, title: callTitles[call] }));
  return (
    <div className="runs-filters">
      <Search value={filter.text} onChange={(text) => change({ text })} />
      <Select
        label="Kind of run"
        value={filter.call ?? ANY}
        options={[{ value: ANY, title: 'Any kind' }, ...calls]}
        onChange={(call) => change({ call: call === ANY ? null : call })}
      />
      <Select
        label="State"
        value={filter.state ?? ANY}
        options={states}
        onChange={(state) => change({ state: state === ANY ? null : state })}
      />
      {tags.length > 0 && (
        <Select
          label="Tag"
          value={filter.tag ?? ''}
          options={[{ value: ANY_TAG, title: 'Any tag' }, ...tags.map((tag) => ({ value: tag, title: tag }))]}
          placeholder="Any tag"
          onChange={(tag) => change({ tag: tag === ANY_TAG ? null : tag })}
        />
      )}
    </div>
  );
}

/** No tag is a blank: tags are kept without blanks around. */
const ANY_TAG = ' ';

function Search({
  value,
  onChange,
}: {
  readonly value: string;
  readonly onChange: (text: string) => void;
}): ReactElement {
  const field = useRef<HTMLInputElement>(null);
  useShortcut('find', () => field.current?.focus());
  return (
    <TextInput
      ref={field}
      className="runs-search"
      aria-label="Find a run"
      placeholder="Find a run"
      value={value}
      onChange={onChange}
    />
  );
}
