/** Which features are listed. */
import type { ReactElement } from 'react';
import { formatNumber } from '../../marks/format.ts';
import { Button } from '../../parts/button.tsx';
import { TextInput } from '../../parts/input.tsx';
import { Select } from '../../parts/select.tsx';
import type { FeatureFilter } from './dictionariesSettings.ts';
import { everyFeature, useChangeDictionaries, useDictionariesSettings } from './dictionariesSettings.ts';
import type { FeatureTable } from './featureOrder.ts';

const kinds = [
  { value: 'all', title: 'all features' },
  { value: 'alive', title: 'alive' },
  { value: 'dead', title: 'dead' },
  { value: 'labelled', title: 'with a label' },
] as const;

interface FeatureFiltersProps {
  readonly table: FeatureTable;
  /** Features that pass. */
  readonly shown: number;
}

export function FeatureFilters({ table, shown }: FeatureFiltersProps): ReactElement {
  const filter = useDictionariesSettings((settings) => settings.filter);
  const change = useChangeDictionaries();
  const set = (changed: Partial<FeatureFilter>) => change({ filter: { ...filter, ...changed } });
  const isFiltered = filter !== everyFeature && JSON.stringify(filter) !== JSON.stringify(everyFeature);
  return (
    <div className="dict-filters">
      <TextInput
        aria-label="Label or number of a feature"
        placeholder="Label or number"
        value={filter.text}
        onChange={(text) => set({ text })}
      />
      <Select label="Which features" value={filter.which} options={kinds} onChange={(which) => set({ which })} />
      {table.head !== null && <HeadFilter head={table.head} value={filter.head} onChange={(head) => set({ head })} />}
      {filter.density !== null && (
        <span className="sweeps-quiet">{`density 10^${filter.density[0].toFixed(1)} to 10^${filter.density[1].toFixed(1)}`}</span>
      )}
      {isFiltered && (
        <Button look="plain" onClick={() => change({ filter: everyFeature })}>
          All
        </Button>
      )}
      <span className="sweeps-quiet" role="status">
        {`${formatNumber(shown)} of ${formatNumber(table.card.features)}`}
      </span>
    </div>
  );
}

interface HeadFilterProps {
  readonly head: Uint32Array;
  readonly value: number | null;
  readonly onChange: (head: number | null) => void;
}

function HeadFilter({ head, value, onChange }: HeadFilterProps): ReactElement {
  const heads = [...new Set(head)].sort((a, b) => a - b);
  const options = [
    { value: 'any', title: 'any head' },
    ...heads.map((at) => ({ value: String(at), title: `mostly H${at}` })),
  ];
  return (
    <Select
      label="Head that writes most"
      value={value === null ? 'any' : String(value)}
      options={options}
      onChange={(next) => onChange(next === 'any' ? null : Number(next))}
    />
  );
}
