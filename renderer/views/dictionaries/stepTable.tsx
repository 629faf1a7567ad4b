/** The steps of a training in numbers, a row for each dictionary. */
import type { ReactElement } from 'react';
import { useMemo } from 'react';
import type { DictionaryStepRow } from '../../../engine/results/trainDictionaries.ts';
import { formatNumber } from '../../marks/format.ts';
import type { TableColumn } from '../../parts/table.tsx';
import { Table } from '../../parts/table.tsx';
import type { TrainRows } from './trainRows.ts';

type StepOf = DictionaryStepRow['dictionaries'][number] & { readonly step: number };

const columns: readonly TableColumn<StepOf>[] = [
  number('step', 'Step', ({ step }) => step),
  {
    ...{ id: 'name', title: 'Dictionary', width: 'minmax(160px, 1.6fr)', isCode: true },
    cell: ({ name }) => name,
    sortBy: ({ name }) => name,
  },
  number('loss', 'Loss', ({ loss }) => loss),
  number('unexplained', 'FVU', ({ unexplained }) => unexplained),
  number('active', 'L0', ({ active }) => active),
  number('dead', 'Dead', ({ dead }) => dead),
  number('resampled', 'Begun anew', ({ resampled }) => resampled),
  number('rate', 'Learning rate', ({ learningRate }) => learningRate),
];

function number(id: string, title: string, of: (row: StepOf) => number): TableColumn<StepOf> {
  const cell = (row: StepOf) => formatNumber(of(row));
  return { id, title, width: 'minmax(72px, 1fr)', align: 'right', cell, sortBy: of };
}

export function StepTable({ rows: { steps } }: { readonly rows: TrainRows }): ReactElement {
  const rows = useMemo(
    () => steps.flatMap(({ step, dictionaries }) => dictionaries.map((one) => ({ ...one, step }))),
    [steps],
  );
  return (
    <Table<StepOf>
      label="Steps of the training"
      rows={rows}
      keyOf={({ step, name }) => `${step} ${name}`}
      columns={columns}
    />
  );
}
