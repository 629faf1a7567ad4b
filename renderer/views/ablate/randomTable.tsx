/** The random sets and what each leads to. */
import type { ReactElement } from 'react';
import { useMemo, useState } from 'react';
import { decimalsFor, formatChange, formatFixed } from '../../marks/format.ts';
import type { TableColumn } from '../../parts/table.tsx';
import { Table } from '../../parts/table.tsx';
import type { RandomSet } from './effectView.ts';
import { nameWords } from './painted.ts';

interface RandomTableProps {
  readonly sets: readonly RandomSet[];
  readonly title: string;
}

export function RandomTable({ sets, title }: RandomTableProps): ReactElement {
  const [selected, setSelected] = useState<string | null>(null);
  const columns = useMemo(() => columnsOf(sets, title), [sets, title]);
  return (
    <div className="ablate-random-table">
      <Table
        label="Random sets"
        {...{ columns, selected }}
        rows={sets}
        keyOf={({ index }) => String(index)}
        onSelect={({ index }) => setSelected(String(index))}
        initialSort={{ column: 'after', direction: 'ascending' }}
      />
    </div>
  );
}

function columnsOf(sets: readonly RandomSet[], title: string): readonly TableColumn<RandomSet>[] {
  const decimals = decimalsFor(Math.max(0, ...sets.map(({ after }) => Math.abs(after))));
  return [
    {
      ...{ id: 'set', title: 'Random set', width: 'minmax(88px, 1fr)', isCode: true },
      cell: ({ set }) => <span title={nameWords(set, Infinity)}>{nameWords(set, Infinity)}</span>,
    },
    {
      ...{ id: 'after', title, width: '100px', align: 'right' },
      cell: ({ after }) => formatFixed(after, decimals),
      sortBy: ({ after }) => after,
    },
    {
      ...{ id: 'change', title: 'Change', width: '64px', align: 'right' },
      cell: ({ change }) => formatChange(change, decimals),
    },
  ];
}
