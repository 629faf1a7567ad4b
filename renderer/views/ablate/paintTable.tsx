/** All that can be painted as a table: Space or a click paints a row. */
import type { ReactElement } from 'react';
import { useMemo, useState } from 'react';
import type { HeadMeasure } from '../../api/measuresOfRun.ts';
import { decimalsFor, formatFixed } from '../../marks/format.ts';
import type { HeadShape } from '../../marks/headShape.ts';
import type { TableColumn } from '../../parts/table.tsx';
import { Table } from '../../parts/table.tsx';
import type { PaintRow } from './paintRows.ts';
import { usePainting } from './usePainting.ts';

interface PaintTableProps {
  readonly rows: readonly PaintRow[];
  readonly measure: HeadMeasure | null;
  readonly heads: HeadShape;
}

export function PaintTable({ rows, measure, heads }: PaintTableProps): ReactElement {
  const { onToggle } = usePainting(heads);
  const [selected, setSelected] = useState<string | null>(null);
  const columns = useMemo(() => columnsOf(measure), [measure]);
  return (
    <Table
      label="What can be painted; Enter or Space paints the chosen row"
      {...{ columns, rows, selected }}
      keyOf={({ name }) => name}
      isMarked={({ isPainted }) => isPainted}
      onSelect={({ name }) => setSelected(name)}
      onOpen={({ index }) => onToggle(index)}
      onToggle={({ index }) => onToggle(index)}
    />
  );
}

function columnsOf(measure: HeadMeasure | null): readonly TableColumn<PaintRow>[] {
  const largest = measure?.values.reduce((most, value) => Math.max(most, Math.abs(value) || 0), 0) ?? 0;
  const decimals = decimalsFor(largest);
  return [
    { id: 'name', title: 'Unit', width: '88px', isCode: true, cell: ({ name }) => name, sortBy: ({ index }) => index },
    {
      ...{ id: 'painted', title: 'Painted', width: '72px' },
      cell: ({ isPainted }) => (isPainted ? 'painted' : ''),
      sortBy: ({ isPainted }) => Number(isPainted),
    },
    {
      ...{ id: 'value', title: measure?.title ?? 'Not measured', width: 'minmax(96px, 1fr)', align: 'right' },
      cell: ({ value }) => formatFixed(value, decimals),
      sortBy: ({ value }) => value,
    },
  ];
}
