import type { ReactElement } from 'react';
import { useMemo } from 'react';
import { useWorkbench } from '../../api/workbench.ts';
import type { TableColumn } from '../../parts/table.tsx';
import { Table } from '../../parts/table.tsx';
import { Loading } from '../../parts/states.tsx';
import type { WeightRow } from './weightRows.ts';

export interface WeightTableProps {
  readonly rows: readonly WeightRow[];
  readonly nameOf: (token: number) => string;
  readonly measure: string;
  readonly format: (value: number) => string;
  readonly label: string;
}

/** The numbers behind a drawing. */
export function WeightTable({ rows, nameOf, measure, format, label }: WeightTableProps): ReactElement {
  const { selection } = useWorkbench();
  const columns = useMemo(() => columnsOf(nameOf, measure, format), [nameOf, measure, format]);
  if (rows.length === 0) return <Loading what="The weights are on their way" />;
  return (
    <Table
      label={label}
      columns={columns}
      rows={rows}
      keyOf={({ query, key }) => `${query} ${key}`}
      initialSort={{ column: 'value', direction: 'descending' }}
      onSelect={({ query, key }) => selection.setTokens({ query, key })}
    />
  );
}

function columnsOf(
  nameOf: WeightTableProps['nameOf'],
  measure: string,
  format: WeightTableProps['format'],
): readonly TableColumn<WeightRow>[] {
  const token = (id: 'query' | 'key'): readonly TableColumn<WeightRow>[] => [
    { id, title: id, width: '64px', align: 'right', cell: (row) => row[id], sortBy: (row) => row[id] },
    { id: `${id} token`, title: 'token', width: 'minmax(80px, 1fr)', isCode: true, cell: (row) => nameOf(row[id]) },
  ];
  return [
    ...token('query'),
    ...token('key'),
    {
      id: 'value',
      title: measure,
      width: '112px',
      align: 'right',
      isCode: true,
      cell: ({ value }) => format(value),
      sortBy: ({ value }) => value,
    },
  ];
}
