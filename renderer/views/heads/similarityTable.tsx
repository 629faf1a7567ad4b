/** The map as a table: where each head stands and which are most like it. */
import type { ReactElement } from 'react';
import { useMemo } from 'react';
import { useSelection } from '../../api/hooks.ts';
import type { HeadMeasure } from '../../api/headMeasure.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { formatFixed } from '../../marks/format.ts';
import type { TableColumn } from '../../parts/table.tsx';
import { Table } from '../../parts/table.tsx';
import { headName } from '../../state/headNames.ts';
import { includesHead } from '../../state/headRefs.ts';
import { decimalsOf } from './decimals.ts';
import type { SimilarityRow } from './similarityRows.ts';

interface SimilarityTableProps {
  readonly rows: readonly SimilarityRow[];
  readonly axes: readonly [x: string, y: string];
  readonly measure: HeadMeasure | null;
}

export function SimilarityTable({ rows, axes, measure }: SimilarityTableProps): ReactElement {
  const { selection } = useWorkbench();
  const primary = useSelection((state) => state.primary);
  const set = useSelection((state) => state.set);
  const columns = useMemo(() => columnsOf(axes, measure), [axes, measure]);
  return (
    <Table
      label="Heads by what they are like"
      columns={columns}
      rows={rows}
      keyOf={({ name }) => name}
      selected={primary === null ? null : headName(primary)}
      onSelect={({ head }) => selection.setPrimary(head)}
      onToggle={({ head }) => selection.toggle(head)}
      onHover={(row) => selection.hover.set(row?.at ?? null)}
      isMarked={({ head }) => includesHead(set, head)}
    />
  );
}

function columnsOf(
  [x, y]: SimilarityTableProps['axes'],
  measure: HeadMeasure | null,
): readonly TableColumn<SimilarityRow>[] {
  const number = { align: 'right', width: 'minmax(96px, 0.6fr)' } as const;
  const value: TableColumn<SimilarityRow> = {
    ...{ id: 'value', title: measure?.short ?? '', ...number },
    cell: (row) => formatFixed(row.value, measure === null ? 3 : decimalsOf(measure)),
    sortBy: (row) => row.value,
  };
  return [
    { ...{ id: 'head', title: 'Head', width: '64px', isCode: true }, cell: ({ name }) => name, sortBy: ({ at }) => at },
    { ...{ id: 'x', title: x, ...number }, cell: (row) => formatFixed(row.x, 3), sortBy: (row) => row.x },
    { ...{ id: 'y', title: y, ...number }, cell: (row) => formatFixed(row.y, 3), sortBy: (row) => row.y },
    ...(measure === null ? [] : [value]),
    {
      ...{ id: 'nearest', title: 'Most alike, cosine', width: 'minmax(210px, 1.4fr)' },
      cell: ({ nearest }) =>
        nearest.map(({ head, similarity }) => `${headName(head)} ${similarity.toFixed(2)}`).join(', '),
    },
  ];
}
