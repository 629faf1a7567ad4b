/** Tables of heads as Parquet: the columns of csv.ts. Imports results only. */
import { parquetWriteBuffer } from 'hyparquet-writer';
import type { ExportFormat } from './exportFormat.ts';
import type { TableRow } from './tableRows.ts';
import { tableRows } from './tableRows.ts';

export const parquet: ExportFormat = {
  id: 'parquet',
  title: 'Table of numbers (Parquet)',
  file: 'heads.parquet',
  write(tables, { version }) {
    const rows = tableRows(tables);
    const columnData = columns.map(({ name, type, of }) => ({ name, type, data: rows.map(of) }));
    const buffer = parquetWriteBuffer({ columnData, createdBy: `headscope version ${version}` });
    return { files: [{ name: 'heads.parquet', data: new Uint8Array(buffer) }], notes: [] };
  },
};

interface Column {
  readonly name: string;
  readonly type: 'STRING' | 'INT32' | 'DOUBLE';
  of(row: TableRow): string | number | null;
}

const columns: readonly Column[] = [
  { name: 'unit', type: 'STRING', of: ({ unit }) => unit },
  { name: 'layer', type: 'INT32', of: ({ layer }) => layer },
  { name: 'head', type: 'INT32', of: ({ head }) => head },
  { name: 'kv_group', type: 'INT32', of: ({ kvGroup }) => kvGroup },
  { name: 'id', type: 'STRING', of: ({ id }) => id },
  { name: 'kind', type: 'STRING', of: ({ kind }) => kind },
  { name: 'value', type: 'DOUBLE', of: ({ value }) => value },
  { name: 'ci95_low', type: 'DOUBLE', of: ({ low }) => low },
  { name: 'ci95_high', type: 'DOUBLE', of: ({ high }) => high },
  { name: 'runs', type: 'INT32', of: ({ runs }) => runs },
  { name: 'label', type: 'STRING', of: ({ label }) => label },
];
