/** KV heads by score, with the rule that keeps them. */
import type { ReactElement } from 'react';
import { useMemo } from 'react';
import type { StreamingGroup } from '../../../engine/results/streamingHeads.ts';
import { useSelection } from '../../api/hooks.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { headIndex } from '../../marks/headShape.ts';
import { Panel } from '../../parts/panel.tsx';
import type { TableColumn } from '../../parts/table.tsx';
import { Table } from '../../parts/table.tsx';
import { headName } from '../../state/headNames.ts';
import type { Kept, ProbeRows } from './probeRows.ts';
import { keptWords } from './probeRows.ts';
import { groupName, probeCsv, scoreWords } from './probeWords.ts';

interface ProbeTableProps {
  readonly rows: ProbeRows;
  readonly kept: Kept | null;
}

export function ProbeTable({ rows, kept }: ProbeTableProps): ReactElement {
  const { selection } = useWorkbench();
  const primary = useSelection((state) => state.primary);
  const { shape, n } = rows.header;
  const columns = useMemo(() => columnsOf(rows, kept), [rows, kept]);
  const each = shape.heads / shape.kvHeads;
  const selected =
    primary === null ? null : groupName({ layer: primary.layer, kvGroup: Math.floor(primary.head / each) });
  const point = (group: StreamingGroup | null) =>
    selection.hover.set(group === null ? null : headIndex({ ...shape }, group.layer, group.inductionHead));
  return (
    <Panel
      title="KV heads by score"
      caption={`mean over queries whose token came before, 95 % interval over ${n} sequences`}
      exports={{ name: 'streaming-heads', csv: () => probeCsv(rows, kept) }}
    >
      <Table<StreamingGroup>
        label="KV heads by score"
        columns={columns}
        rows={rows.groups}
        keyOf={groupName}
        initialSort={{ column: 'induction', direction: 'descending' }}
        selected={selected}
        onSelect={({ layer, inductionHead }) => selection.setPrimary({ layer, head: inductionHead })}
        onHover={point}
      />
    </Panel>
  );
}

function columnsOf({ header }: ProbeRows, kept: Kept | null): readonly TableColumn<StreamingGroup>[] {
  return [
    { id: 'name', title: 'KV head', width: '72px', isCode: true, cell: groupName },
    { id: 'kept', title: 'Kept by', width: '84px', cell: (group) => keptWords(kept, group) },
    scoreColumn('induction', 'Induction, 95 %'),
    headColumn('inductionHead'),
    scoreColumn('echo', 'Echo, 95 %'),
    headColumn('echoHead'),
    ...(header.priorLength === null ? [] : [priorColumn]),
  ];
}

function scoreColumn(score: 'echo' | 'induction', title: string): TableColumn<StreamingGroup> {
  return {
    ...{ id: score, title, width: 'minmax(152px, 1fr)', align: 'right' },
    cell: (group) => scoreWords(group[score], 3),
    sortBy: (group) => group[score].mean,
  };
}

function headColumn(head: 'echoHead' | 'inductionHead'): TableColumn<StreamingGroup> {
  return {
    ...{ id: head, title: 'of head', width: '60px', isCode: true },
    cell: (group) => headName({ layer: group.layer, head: group[head] }),
  };
}

const priorColumn: TableColumn<StreamingGroup> = {
  ...{ id: 'prior', title: 'Prior', width: '56px', align: 'right' },
  cell: ({ prior }) => prior?.toFixed(2) ?? '–',
  sortBy: ({ prior }) => prior ?? NaN,
};
