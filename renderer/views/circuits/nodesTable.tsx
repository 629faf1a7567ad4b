/** Nodes with their score, and the rank that each method gives them; the chosen method's best first. */
import type { ReactElement } from 'react';
import { useMemo, useState } from 'react';
import { useSelection } from '../../api/hooks.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { formatChange, formatFixed, formatNumber } from '../../marks/format.ts';
import { Panel } from '../../parts/panel.tsx';
import type { TableColumn } from '../../parts/table.tsx';
import { Table } from '../../parts/table.tsx';
import { headName } from '../../state/headNames.ts';
import { includesHead } from '../../state/headRefs.ts';
import type { MethodLook } from './methodLooks.ts';
import type { NodeRow } from './nodeRows.ts';
import type { NodesProps } from './nodesMatrix.tsx';
import { nodeRecords } from './records.ts';
import { recordsCsv } from './recordTable.tsx';

export function NodesTable({ shown, method, rows }: NodesProps): ReactElement {
  const { view, looks, reference } = shown;
  const columns = useMemo(
    () => columnsOf(method, looks, rows, reference?.id ?? null),
    [method, looks, rows, reference],
  );
  return (
    <Panel
      title="Nodes"
      caption={`${rows.length} nodes; ranks from 1, ties share their mean${reference === null ? '' : '; ● is in the reference'}`}
      exports={{ name: `circuit-ranking-${method.id}`, csv: () => recordsCsv(nodeRecords(rows, view)) }}
    >
      <Rows key={method.id} {...{ rows, columns }} />
    </Panel>
  );
}

interface RowsProps {
  readonly rows: readonly NodeRow[];
  readonly columns: readonly TableColumn<NodeRow>[];
}

function Rows({ rows, columns }: RowsProps): ReactElement {
  const { selection } = useWorkbench();
  const set = useSelection((state) => state.set);
  const primary = useSelection((state) => state.primary);
  const [mlp, setMlp] = useState<string | null>(null);
  const choose = ({ head, node }: NodeRow) => {
    setMlp(head === null ? node : null);
    if (head !== null) selection.setPrimary(head);
  };
  return (
    <Table
      label="Nodes by score"
      {...{ rows, columns }}
      keyOf={({ node }) => node}
      initialSort={{ column: 'rank', direction: 'ascending' }}
      selected={mlp ?? (primary === null ? null : headName(primary))}
      onSelect={choose}
      onToggle={({ head }) => head !== null && selection.toggle(head)}
      onHover={(row) => selection.hover.set(row?.cell ?? null)}
      isMarked={({ head }) => head !== null && includesHead(set, head)}
    />
  );
}

function columnsOf(
  method: MethodLook,
  looks: readonly MethodLook[],
  rows: readonly NodeRow[],
  reference: string | null,
): readonly TableColumn<NodeRow>[] {
  const has = (pick: (row: NodeRow) => number) => rows.some((row) => !Number.isNaN(pick(row)));
  return [
    rank('rank', 'Rank', method.id),
    { id: 'node', title: 'Node', width: '64px', isCode: true, cell: ({ node }) => node, sortBy: ({ node }) => node },
    {
      ...{ id: 'reference', title: '●', width: '24px' },
      cell: ({ references }) => (reference !== null && references.includes(reference) ? '●' : ''),
      sortBy: ({ references }) => Number(reference !== null && references.includes(reference)),
    },
    value('score', 'Score', ({ score }) => score, formatNumber),
    ...(has(({ signed }) => signed)
      ? [
          value(
            'signed',
            'Effect',
            ({ signed }) => signed,
            (x) => formatChange(x, 3),
          ),
        ]
      : []),
    ...(has(({ z }) => z)
      ? [
          value(
            'z',
            'z',
            ({ z }) => z,
            (x) => formatFixed(x, 1),
          ),
        ]
      : []),
    ...looks.filter(({ id }) => id !== method.id).map(({ id, title }) => rank(`rank-${id}`, title, id)),
  ];
}

function rank(id: string, title: string, method: string): TableColumn<NodeRow> {
  const width = id === 'rank' ? '48px' : `minmax(${Math.min(132, Math.max(56, title.length * 6))}px, 1fr)`;
  const of = ({ ranks }: NodeRow) => ranks[method] ?? NaN;
  return { id, title, width, align: 'right', sortBy: of, cell: (row) => rankWords(of(row)) };
}

function rankWords(value: number): string {
  if (Number.isNaN(value)) return '–';
  return Number.isInteger(value) ? String(value) : formatFixed(value, 1);
}

function value(
  id: string,
  title: string,
  of: (row: NodeRow) => number,
  words: (value: number) => string,
): TableColumn<NodeRow> {
  return {
    id,
    title,
    width: '72px',
    align: 'right',
    sortBy: of,
    cell: (row) => (Number.isNaN(of(row)) ? '–' : words(of(row))),
  };
}
