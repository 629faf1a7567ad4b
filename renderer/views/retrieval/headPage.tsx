/** The primary head: its scores, and each token that it copied with where from. */
import type { ReactElement } from 'react';
import { useMemo, useState } from 'react';
import type { HeadRef } from '../../../engine/results/units.ts';
import { attempt } from '../../api/attempt.ts';
import { useSelection } from '../../api/hooks.ts';
import type { RetrieveTable } from '../../api/retrieveTable.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { tokenLabel } from '../../marks/tokens/displayToken.ts';
import { Button } from '../../parts/button.tsx';
import { csvOf } from '../../parts/csv.ts';
import { Panel } from '../../parts/panel.tsx';
import { Empty } from '../../parts/states.tsx';
import type { TableColumn } from '../../parts/table.tsx';
import { Table } from '../../parts/table.tsx';
import { headName } from '../../state/headNames.ts';
import type { HeadCopy } from './headCopies.ts';
import { headCopies } from './headCopies.ts';
import { openCopy } from './openCopy.ts';
import { withInterval } from './retrievalWords.ts';

interface HeadPageProps {
  readonly run: string;
  readonly table: RetrieveTable;
}

export function HeadPage({ run, table }: HeadPageProps): ReactElement {
  const head = useSelection((state) => state.primary);
  if (head === null)
    return (
      <Panel title="Copies">
        <Empty title="No head is chosen">Choose one to see when it copied, and from where.</Empty>
      </Panel>
    );
  return <Copies key={headName(head)} {...{ run, table, head }} />;
}

function Copies({ run, table, head }: HeadPageProps & { readonly head: HeadRef }): ReactElement {
  const workbench = useWorkbench();
  const copies = useMemo(() => headCopies(table, head), [table, head]);
  const [selected, setSelected] = useState<string | null>(null);
  const chosen = copies.find((copy) => keyOf(copy) === selected);
  const open = (copy: HeadCopy) =>
    attempt(workbench, async () => {
      const row = table.runs[copy.row];
      if (row !== undefined) await openCopy(workbench, run, head, copy, row);
    });
  return (
    <Panel
      title={`Copies of ${headName(head)}`}
      aside={
        <Button
          look="plain"
          icon="attention"
          disabled={chosen === undefined}
          onClick={() => chosen !== undefined && open(chosen)}
        >
          In Attention
        </Button>
      }
      exports={{ name: `copies-${headName(head)}`, csv: () => copiesCsv(copies) }}
    >
      <div className="retrieval-drawn">
        <p className="retrieval-note">{scoreLine(table, head)}</p>
        {copies.length === 0 ? (
          <Empty title="It copied nothing">
            In none of the runs so far did it attend most to the token that was made.
          </Empty>
        ) : (
          <div className="retrieval-table">
            <Table<HeadCopy>
              label={`Tokens that ${headName(head)} copied`}
              columns={columns}
              rows={copies}
              keyOf={keyOf}
              selected={selected}
              onSelect={(copy) => setSelected(keyOf(copy))}
              onOpen={open}
            />
          </div>
        )}
      </div>
    </Panel>
  );
}

function keyOf({ row, step, key }: HeadCopy): string {
  return `${row} ${step} ${key}`;
}

/** `Copied, every step 0.42 [0.31, 0.55], n 24 · capped …` */
function scoreLine({ header, scores }: RetrieveTable, { layer, head }: HeadRef): string {
  const at = layer * header.shape.heads + head;
  const titles = new Map([
    ['legacy', 'Copied, every step'],
    ['capped', 'capped'],
    ...header.scores.map(({ id, title }) => [id, title] as const),
  ]);
  const parts = [...scores].flatMap(([id, { mean, low, high, n }]) => {
    const value = mean[at] ?? NaN;
    if (Number.isNaN(value)) return [];
    return [`${titles.get(id) ?? id} ${withInterval(value, low[at] ?? NaN, high[at] ?? NaN)}, n ${n[at] ?? 0}`];
  });
  return parts.length === 0 ? 'Nothing is known of it yet.' : parts.join(' · ');
}

const columns: readonly TableColumn<HeadCopy>[] = [
  {
    ...{ id: 'run', title: 'Run', width: 'minmax(72px, 1fr)', isCode: true },
    cell: ({ run }) => <span title={run.id}>{run.needle ?? run.id}</span>,
    sortBy: ({ run }) => run.id,
  },
  {
    id: 'tokens',
    title: 'Tokens',
    width: '52px',
    align: 'right',
    cell: ({ run }) => run.tokens,
    sortBy: ({ run }) => run.tokens,
  },
  {
    id: 'step',
    title: 'Step',
    width: '44px',
    align: 'right',
    cell: ({ step }) => step + 1,
    sortBy: ({ step }) => step,
  },
  {
    ...{ id: 'piece', title: 'Token', width: 'minmax(56px, 0.8fr)', isCode: true },
    cell: ({ piece }) => (piece === null ? '–' : tokenLabel({ id: 0, text: piece })),
  },
  { id: 'key', title: 'From', width: '52px', align: 'right', cell: ({ key }) => key, sortBy: ({ key }) => key },
  {
    ...{ id: 'offset', title: 'In answer', width: '72px', align: 'right' },
    cell: ({ offset, run }) => `${offset + 1} of ${run.span[1] - run.span[0]}`,
    sortBy: ({ offset }) => offset,
  },
];

function copiesCsv(copies: readonly HeadCopy[]): string {
  const head = ['run', 'step', 'token', 'key', 'offset'];
  return csvOf(
    head,
    copies.map(({ run, step, piece, key, offset }) => [run.id, step, piece, key, offset]),
  );
}
