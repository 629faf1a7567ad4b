/** The models that are listed; what stands in their headers is read for the rows in sight. */
import type { ReactElement } from 'react';
import type { ResultOf } from '../../../engine/results/contract.ts';
import { useInfo } from '../../api/queries.ts';
import { formatNumber } from '../../marks/format.ts';
import type { TableColumn } from '../../parts/table.tsx';
import { Table } from '../../parts/table.tsx';
import { formatBytes } from '../../shell/formatBytes.ts';
import type { ModelRow } from './modelRows.ts';

type Info = ResultOf<'info'>;

interface ModelTableProps {
  readonly rows: readonly ModelRow[];
  readonly selected: string | null;
  readonly resident: string | null;
  readonly onSelect: (path: string) => void;
  readonly onOpen: (path: string) => void;
}

export function ModelTable({ rows, selected, resident, onSelect, onOpen }: ModelTableProps): ReactElement {
  return (
    <Table
      label="Models"
      columns={columns}
      rows={rows}
      keyOf={({ path }) => path}
      selected={selected}
      onSelect={({ path }) => onSelect(path)}
      onOpen={({ path }) => onOpen(path)}
      isMarked={({ path }) => path === resident}
    />
  );
}

const columns: readonly TableColumn<ModelRow>[] = [
  {
    id: 'name',
    title: 'Name',
    width: 'minmax(132px, 1.5fr)',
    cell: ({ name, path }) => <span title={path}>{name}</span>,
    sortBy: ({ name }) => name,
  },
  {
    id: 'format',
    title: 'Format',
    width: '75px',
    cell: ({ format }) => formatTitle(format),
    sortBy: ({ format }) => format,
  },
  {
    id: 'architecture',
    title: 'Architecture',
    width: 'minmax(106px, 1fr)',
    cell: ofInfo(({ architecture }) => architecture.title, true),
  },
  {
    id: 'heads',
    title: 'L × heads',
    width: '58px',
    align: 'right',
    cell: ofInfo(({ shape }) => `${shape.layers} × ${shape.heads}`),
  },
  { id: 'groups', title: 'KV groups', width: '60px', align: 'right', cell: ofInfo(({ shape }) => `${shape.kvHeads}`) },
  {
    id: 'context',
    title: 'Context',
    width: '50px',
    align: 'right',
    cell: ofInfo(({ shape }) => formatNumber(shape.context)),
  },
  {
    id: 'bytes',
    title: 'Size',
    width: '60px',
    align: 'right',
    cell: ({ bytes }) => formatBytes(bytes),
    sortBy: ({ bytes }) => bytes,
  },
  {
    id: 'changed',
    title: 'Changed',
    width: '74px',
    isCode: true,
    cell: ({ changed }) => <time dateTime={changed}>{changed.slice(0, 10)}</time>,
    sortBy: ({ changed }) => changed,
  },
  {
    id: 'source',
    title: 'Listed in',
    width: 'minmax(80px, 1.1fr)',
    cell: ({ sources }) => sources.join(', '),
    sortBy: ({ sources }) => sources.join(', '),
  },
];

function formatTitle(format: ModelRow['format']): string {
  return format === 'gguf' ? 'GGUF' : 'safetensors';
}

function ofInfo(read: (info: Info) => string, tellsError = false): (row: ModelRow) => ReactElement {
  return ({ path }) => <InfoCell path={path} read={read} tellsError={tellsError} />;
}

interface InfoCellProps {
  readonly path: string;
  readonly read: (info: Info) => string;
  readonly tellsError: boolean;
}

function InfoCell({ path, read, tellsError }: InfoCellProps): ReactElement {
  const { data, error } = useInfo(path);
  if (error !== null)
    return <span className="models-warn">{tellsError ? <span title={error.message}>can’t open</span> : '–'}</span>;
  return <>{data === undefined ? '…' : read(data)}</>;
}
