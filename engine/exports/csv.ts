/** Tables of heads for a spreadsheet: one row per unit and table (RFC 4180, line feeds). Imports results only. */
import type { Summary } from '../results/records.ts';
import type { ExportFormat } from './exportFormat.ts';
import { rounded } from './exportFormat.ts';
import type { TableRow } from './tableRows.ts';
import { tableRows } from './tableRows.ts';
import { textFile } from './textFile.ts';

const columns = [
  ...['unit', 'layer', 'head', 'kv_group', 'id', 'kind'],
  ...['value', 'ci95_low', 'ci95_high', 'runs', 'label'],
];

export const csv: ExportFormat = {
  id: 'csv',
  title: 'Table of numbers (CSV, RFC 4180, line feeds)',
  file: 'heads.csv',
  write(tables) {
    const rows = tableRows(tables).map(cellsOf);
    const text = [columns, ...rows].map((cells) => `${cells.map(quoted).join(',')}\n`).join('');
    return { files: [textFile('heads.csv', text)], notes: [] };
  },
};

function cellsOf({ unit, layer, head, kvGroup, id, kind, value, low, high, runs, label }: TableRow): unknown[] {
  return [unit, layer, head, kvGroup, id, kind, value, low, high, runs, label];
}

/** Ids and labels of others may hold anything; a leading sign would make a formula of a text in a spreadsheet. */
function quoted(cell: unknown): string {
  if (typeof cell !== 'string') return String(cell ?? '');
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Mean, standard error and both ends of the interval; empty where there is no number. */
export function effectCells({ mean, standardError, interval, n }: Summary): (number | string)[] {
  // One prompt says nothing of the spread.
  const spread = n < 2 ? [NaN, NaN, NaN] : [standardError, ...interval];
  return [mean, ...spread].map((value) => (Number.isFinite(value) ? rounded(value) : ''));
}
