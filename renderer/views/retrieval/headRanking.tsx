/** Heads by a score, best first. What a head does, not what depends on it: masking says that. */
import type { ReactElement } from 'react';
import { useMemo } from 'react';
import { useSelection } from '../../api/hooks.ts';
import type { RetrieveTable } from '../../api/retrieveTable.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { headIndex } from '../../marks/headShape.ts';
import { Button } from '../../parts/button.tsx';
import { csvOf } from '../../parts/csv.ts';
import { Panel } from '../../parts/panel.tsx';
import { Select } from '../../parts/select.tsx';
import { Empty } from '../../parts/states.tsx';
import type { TableColumn } from '../../parts/table.tsx';
import { Table } from '../../parts/table.tsx';
import { headName } from '../../state/headNames.ts';
import { includesHead } from '../../state/headRefs.ts';
import type { RankedHead } from './rankedHeads.ts';
import { rankedHeads } from './rankedHeads.ts';
import { useChangeRetrieval, useRetrieval } from './retrievalSettings.ts';
import { percentWords, withInterval } from './retrievalWords.ts';

interface HeadRankingProps {
  readonly run: string;
  readonly table: RetrieveTable;
}

export function HeadRanking({ run, table }: HeadRankingProps): ReactElement {
  const { workspace } = useWorkbench();
  const chosen = useRetrieval((settings) => settings.score);
  const change = useChangeRetrieval();
  const options = scoreOptions(table);
  const score = options.some(({ value }) => value === chosen) ? chosen : 'legacy';
  const ranked = useMemo(() => rankedHeads(table, score), [table, score]);
  const unit = table.header.scores.find(({ id }) => id === score)?.unit ?? 'share';
  const showInMatrix = () => {
    workspace.set({ measure: `${run}/${score}` });
    workspace.goTo('heads');
  };
  return (
    <Panel
      title="Heads"
      controls={<Select label="Score" value={score} options={options} onChange={(next) => change({ score: next })} />}
      aside={
        <Button look="plain" disabled={ranked.length === 0} onClick={showInMatrix}>
          In the matrix
        </Button>
      }
      exports={{ name: `heads-${score}`, csv: () => headsCsv(ranked, score) }}
    >
      {ranked.length === 0 ? (
        <Empty title="No run counts yet">Heads are ranked as soon as one does.</Empty>
      ) : (
        <div className="retrieval-drawn">
          <div className="retrieval-table">
            <RankedTable {...{ table, ranked }} />
          </div>
          <p className="retrieval-note">
            {`mean of the runs that count, ${unit}; 95 % interval clustered by needle. Behaviour: what a head does, not what depends on it.`}
          </p>
        </div>
      )}
    </Panel>
  );
}

function scoreOptions({ header }: RetrieveTable) {
  return [
    { value: 'legacy', title: 'Copied, every step', detail: 'legacy count' },
    { value: 'capped', title: 'Copied, capped', detail: 'each token once' },
    ...header.scores.map(({ id, title, rule }) => ({ value: id, title, detail: rule })),
  ];
}

interface RankedTableProps {
  readonly table: RetrieveTable;
  readonly ranked: readonly RankedHead[];
}

function RankedTable({ table: { header }, ranked }: RankedTableProps): ReactElement {
  const { selection } = useWorkbench();
  const primary = useSelection((state) => state.primary);
  const set = useSelection((state) => state.set);
  const point = (row: RankedHead | null) =>
    selection.hover.set(row === null ? null : headIndex({ ...header.shape }, row.layer, row.head));
  return (
    <Table<RankedHead>
      label="Heads by score"
      columns={columns}
      rows={ranked}
      keyOf={({ name }) => name}
      selected={primary === null ? null : headName(primary)}
      onSelect={({ layer, head }) => selection.setPrimary({ layer, head })}
      onToggle={({ layer, head }) => selection.toggle({ layer, head })}
      onHover={point}
      isMarked={(row) => includesHead(set, row)}
    />
  );
}

const columns: readonly TableColumn<RankedHead>[] = [
  { id: 'rank', title: '#', width: '32px', align: 'right', cell: ({ rank }) => rank, sortBy: ({ rank }) => rank },
  { id: 'name', title: 'Head', width: '64px', isCode: true, cell: ({ name }) => name, sortBy: ({ rank }) => rank },
  {
    ...{ id: 'value', title: 'Score, 95 %', width: 'minmax(128px, 1fr)', align: 'right' },
    cell: ({ value, low, high }) => withInterval(value, low, high),
    sortBy: ({ value }) => value,
  },
  {
    ...{ id: 'active', title: 'Copies in', width: '68px', align: 'right' },
    cell: ({ active }) => percentWords(active),
    sortBy: ({ active }) => active,
  },
  { id: 'n', title: 'n', width: '36px', align: 'right', cell: ({ n }) => n },
];

function headsCsv(ranked: readonly RankedHead[], score: string): string {
  const head = ['rank', 'layer', 'head', score, 'low', 'high', 'n', 'active'];
  return csvOf(
    head,
    ranked.map((row) => [row.rank, row.layer, row.head, row.value, row.low, row.high, row.n, row.active]),
  );
}
