/** Which measure the matrix shows, and whether of heads or of KV groups. */
import type { ReactElement } from 'react';
import { useHeadMeasures } from '../../api/hooks.ts';
import type { HeadMeasure } from '../../api/measuresOfRun.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { Select } from '../../parts/select.tsx';
import type { CellUnit } from '../../api/matrixCells.ts';
import { MeasurePicker } from './measurePicker.tsx';
import { counterpart } from './otherMeasure.ts';

export function MeasureControls({ measure }: { readonly measure: HeadMeasure | null }): ReactElement | null {
  const { workspace } = useWorkbench();
  const list = useHeadMeasures();
  const show = (id: string | undefined) => (id === undefined ? undefined : workspace.set({ measure: id }));
  if (list.length === 0) return null;
  const units = new Set(list.map(({ of }) => of));
  return (
    <>
      <MeasurePicker
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
