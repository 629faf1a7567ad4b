import type { ReactElement } from 'react';
import { formatFixed } from '../../marks/format.ts';
import { tokenLabel } from '../../marks/tokens/displayToken.ts';
import type { TableColumn } from '../../parts/table.tsx';
import { Table } from '../../parts/table.tsx';
import type { NextRow } from './nextRows.ts';

export function NextTable({ rows }: { readonly rows: readonly NextRow[] }): ReactElement {
  return (
    <Table
      label="Next tokens"
      columns={columns}
      rows={rows}
      keyOf={({ id }) => `${id}`}
      isMarked={({ kind }) => kind !== null}
    />
  );
}

const columns: readonly TableColumn<NextRow>[] = [
  {
    id: 'rank',
    title: '#',
    width: '24px',
    align: 'right',
    cell: ({ rank }) => <span className="prompts-quiet">{rank}</span>,
  },
  {
    id: 'token',
    title: 'Next token',
    width: 'minmax(90px, 1fr)',
    isCode: true,
    cell: ({ text }) => tokenLabel({ text }),
  },
  {
    id: 'kind',
    title: 'is',
    width: '52px',
    cell: ({ kind }) => (
      <span className="next-kind" data-kind={kind}>
        {kind}
      </span>
    ),
  },
  {
    id: 'bar',
    title: 'Probability',
    width: 'minmax(60px, 2fr)',
    cell: ({ probability }) => <span className="next-bar" style={{ width: `${100 * probability}%` }} />,
  },
  {
    id: 'probability',
    title: 'p',
    width: '56px',
    align: 'right',
    isCode: true,
    cell: ({ probability }) => formatFixed(probability, 4),
  },
  {
    id: 'cumulative',
    title: 'sum',
    width: '52px',
    align: 'right',
    isCode: true,
    cell: ({ cumulative }) => formatFixed(cumulative, 3),
  },
  {
    id: 'logit',
    title: 'logit',
    width: '60px',
    align: 'right',
    isCode: true,
    cell: ({ logit }) => formatFixed(logit, 2),
  },
  { id: 'id', title: 'id', width: '56px', align: 'right', isCode: true, cell: ({ id }) => `${id}` },
];
