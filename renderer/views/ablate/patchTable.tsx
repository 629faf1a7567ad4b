/** The cells of a grid as rows. */
import type { ReactElement } from 'react';
import { useMemo } from 'react';
import type { PatchHeader } from '../../../engine/results/patchGrid.ts';
import { formatFixed } from '../../marks/format.ts';
import { tokenLabel } from '../../marks/tokens/displayToken.ts';
import type { TableColumn } from '../../parts/table.tsx';
import { Table } from '../../parts/table.tsx';
import type { PatchRow } from './patchGridRows.ts';
import type { Estimate } from './sweepsRows.ts';
import { decimalsOf, effectTitle, estimateWords } from './sweepsWords.ts';

interface PatchTableProps {
  readonly header: PatchHeader;
  readonly rows: readonly PatchRow[];
}

export function PatchTable({ header, rows }: PatchTableProps): ReactElement {
  const columns = useMemo(() => columnsOf(header, rows), [header, rows]);
  return <Table label="Cells of the patching grid" columns={columns} rows={rows} keyOf={({ key }) => key} />;
}

function columnsOf(header: PatchHeader, rows: readonly PatchRow[]): readonly TableColumn<PatchRow>[] {
  const isHeads = header.target.kind === 'heads';
  const places: readonly TableColumn<PatchRow>[] = [
    {
      ...{ id: 'place', title: 'Position', width: '64px', align: 'right' },
      cell: ({ place }) => formatFixed(place, 0),
      sortBy: ({ place }) => place,
    },
    {
      ...{ id: 'token', title: 'Token', width: 'minmax(80px, 1fr)', isCode: true },
      cell: ({ token }) => (token === null ? 'differs' : tokenLabel({ text: token })),
    },
  ];
  return [
    {
      ...{ id: 'name', title: isHeads ? 'Head' : 'Layer', width: '64px', isCode: true },
      cell: ({ name }) => name,
      sortBy: ({ layer, place }) => layer * 1e6 + place,
    },
    ...(isHeads ? [] : places),
    numberColumn('recovery', 'Recovery', 3, ({ recovery }) => recovery),
    numberColumn(
      'effect',
      effectTitle(header),
      decimalsOf(rows.map(({ effect }) => effect.value)),
      ({ effect }) => effect,
    ),
    { id: 'n', title: 'n', width: '44px', align: 'right', cell: ({ n }) => (n === 0 ? '–' : n) },
  ];
}

function numberColumn(
  id: string,
  title: string,
  decimals: number,
  pick: (row: PatchRow) => Estimate,
): TableColumn<PatchRow> {
  return {
    ...{ id, title, width: 'minmax(124px, 1fr)', align: 'right' },
    cell: (row) => estimateWords(pick(row), decimals),
    sortBy: (row) => pick(row).value,
  };
}
