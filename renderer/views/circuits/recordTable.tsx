/** Records as a table and as CSV: the same rows for the eye and for a spreadsheet. */
import type { ReactElement } from 'react';
import { useMemo } from 'react';
import { formatNumber } from '../../marks/format.ts';
import type { CsvCell } from '../../parts/csv.ts';
import { csvOf } from '../../parts/csv.ts';
import type { TableColumn } from '../../parts/table.tsx';
import { Table } from '../../parts/table.tsx';

export interface Records {
  readonly head: readonly string[];
  readonly rows: readonly (readonly CsvCell[])[];
}

export function recordsCsv({ head, rows }: Records): string {
  const rounded = (cell: CsvCell) => (typeof cell === 'number' ? Number(cell.toPrecision(9)) : cell);
  return csvOf(
    head,
    rows.map((row) => row.map(rounded)),
  );
}

interface Numbered {
  readonly key: string;
  readonly cells: readonly CsvCell[];
}

export function RecordTable({ label, records }: { readonly label: string; readonly records: Records }): ReactElement {
  const rows = useMemo(() => records.rows.map((cells, i) => ({ key: String(i), cells })), [records]);
  const columns = useMemo(() => records.head.map((title, i) => columnOf(title, i, rows)), [records, rows]);
  return <Table {...{ label, rows, columns }} keyOf={({ key }) => key} />;
}

function columnOf(title: string, i: number, rows: readonly Numbered[]): TableColumn<Numbered> {
  const isText = rows.some(({ cells }) => typeof cells[i] === 'string');
  return {
    ...{ id: title, title, width: isText ? 'minmax(120px, 1fr)' : 'minmax(72px, 0.6fr)' },
    align: isText ? 'left' : 'right',
    cell: ({ cells }) => written(cells[i] ?? null),
    sortBy: ({ cells }) => cells[i] ?? (isText ? '' : NaN),
  };
}

function written(cell: CsvCell): string {
  if (cell === null) return '–';
  return typeof cell === 'string' ? cell : formatNumber(cell);
}
