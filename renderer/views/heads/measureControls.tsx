/** Which measure the matrix shows, and whether of heads or of KV groups. */
import type { ReactElement } from 'react';
import { useMemo } from 'react';
import { useHeadMeasures } from '../../api/hooks.ts';
import type { HeadMeasure } from '../../api/measuresOfRun.ts';
import { useRuns } from '../../api/queries.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { Select } from '../../parts/select.tsx';
import type { CellUnit } from '../../api/matrixCells.ts';
import { measureOptions } from './measureOptions.ts';
import { counterpart } from './otherMeasure.ts';

interface MeasureSelectProps {
  readonly label: string;
  readonly value: string | null;
  readonly list: readonly HeadMeasure[];
  readonly onChange: (id: string) => void;
  readonly placeholder?: string;
}

export function MeasureSelect({
  label,
  value,
  list,
  onChange,
  placeholder = 'Choose',
}: MeasureSelectProps): ReactElement {
  const { data } = useRuns();
  const options = useMemo(() => measureOptions(list, data?.runs ?? []), [list, data]);
  return <Select {...{ label, value, options, onChange, placeholder }} />;
}

export function MeasureControls({ measure }: { readonly measure: HeadMeasure | null }): ReactElement | null {
  const { workspace } = useWorkbench();
  const list = useHeadMeasures();
  const show = (id: string | undefined) => (id === undefined ? undefined : workspace.set({ measure: id }));
  if (list.length === 0) return null;
  const units = new Set(list.map(({ of }) => of));
  return (
    <>
      <MeasureSelect
        label="Measure"
        value={measure?.id ?? null}
        list={list}
        onChange={show}
        placeholder="Choose a measure"
      />
      {units.size > 1 && (
        <Select<CellUnit>
          label="Numbers of"
          value={measure?.of ?? 'head'}
          options={unitOptions}
          onChange={(of) => show(counterpart(list, measure, of)?.id)}
        />
      )}
    </>
  );
}

const unitOptions = [
  { value: 'head', title: 'query heads' },
  { value: 'kv-group', title: 'KV groups' },
] as const;
