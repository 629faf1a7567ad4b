/** All runs: the chosen one is looked at below or beside it, another one can be kept to compare it with. */
import type { ReactElement } from 'react';
import { useMemo } from 'react';
import type { RunSummary } from '../../../engine/results/runs.ts';
import { FitBox } from '../../marks/fitBox.tsx';
import { formatDuration, formatNumber } from '../../marks/format.ts';
import type { TableColumn } from '../../parts/table.tsx';
import { Table } from '../../parts/table.tsx';
import { actionsOf } from '../../shell/jobStates.ts';
import { KeepButton } from './keepButton.tsx';
import { RunStateCell } from './runState.tsx';
import { callTitles, promptsWords, timeWords } from './runWords.ts';
import { SteerButtons } from './steerButtons.tsx';

interface RunTableProps {
  readonly runs: readonly RunSummary[];
  readonly chosen: string | null;
  readonly other: string | null;
  readonly onChoose: (run: RunSummary) => void;
  /** Keeps a run for comparison, or lets go of it. */
  readonly onKeep: (run: RunSummary) => void;
}

export function RunTable(props: RunTableProps): ReactElement {
  return <FitBox>{({ width }) => <Rows {...props} width={width} />}</FitBox>;
}

function Rows({
  runs,
  chosen,
  other,
  onChoose,
  onKeep,
  width,
}: RunTableProps & { readonly width: number }): ReactElement {
  const canSteer = runs.some((run) => actionsOf(run.state).length > 0);
  const columns = useMemo(() => {
    const listed = columnsFor(width, other, onKeep);
    return canSteer ? listed : listed.filter(({ id }) => id !== steer.id);
  }, [width, other, onKeep, canSteer]);
  return (
    <Table
      label="Runs"
      columns={columns}
      rows={runs}
      keyOf={({ id }) => id}
      selected={chosen}
      onSelect={onChoose}
      onToggle={onKeep}
      isMarked={({ id }) => id === other}
    />
  );
}

type Column = TableColumn<RunSummary>;

/** What a narrow pane leaves out stands in the details. */
function columnsFor(width: number, other: string | null, onKeep: RunTableProps['onKeep']): readonly Column[] {
  const keep: Column = {
    id: 'keep',
    title: 'vs',
    width: '22px',
    cell: (run) => <KeepButton run={run} isKept={run.id === other} onKeep={onKeep} />,
  };
  if (width < 560) return [title, state, created, keep];
  if (width < 1000) return [title, state, model, prompts, created, seconds, rows, keep, steer];
  return [title, state, call, model, prompts, created, seconds, rows, tags, keep, steer];
}

const title: Column = {
  ...{ id: 'title', title: 'Title', width: 'minmax(140px, 1.6fr)' },
  cell: (run) => <span title={`${run.title}\n${run.id}`}>{run.title}</span>,
  sortBy: (run) => run.title,
};
const state: Column = {
  ...{ id: 'state', title: 'State', width: '108px' },
  cell: (run) => <RunStateCell run={run} />,
  sortBy: (run) => run.state,
};
const call: Column = {
  ...{ id: 'call', title: 'Kind', width: '80px' },
  cell: (run) => callTitles[run.call],
  sortBy: (run) => callTitles[run.call],
};
const model: Column = {
  ...{ id: 'model', title: 'Model', width: 'minmax(72px, 0.8fr)' },
  cell: (run) => <span title={run.model?.path}>{run.model?.name ?? '–'}</span>,
  sortBy: (run) => run.model?.name ?? null,
};
const prompts: Column = {
  ...{ id: 'prompts', title: 'Prompts, n', width: 'minmax(84px, 0.9fr)' },
  cell: (run) => <span title={promptsWords(run)}>{promptsWords(run)}</span>,
  sortBy: (run) => run.prompts?.name ?? null,
};
const created: Column = {
  ...{ id: 'created', title: 'Begun', width: '126px' },
  cell: (run) => <time dateTime={run.created}>{timeWords(run.created)}</time>,
  sortBy: (run) => run.created,
};
const seconds: Column = {
  ...{ id: 'seconds', title: 'Took', width: '44px', align: 'right' },
  cell: (run) => formatDuration(run.seconds),
  sortBy: (run) => run.seconds,
};
const rows: Column = {
  ...{ id: 'rows', title: 'Rows', width: '40px', align: 'right' },
  cell: (run) => formatNumber(run.rows),
  sortBy: (run) => run.rows,
};
const tags: Column = {
  ...{ id: 'tags', title: 'Tags', width: 'minmax(56px, 0.7fr)' },
  cell: (run) => <span title={run.tags.join(', ')}>{run.tags.join(', ')}</span>,
  sortBy: (run) => run.tags.join(', ') || null,
};
const steer: Column = {
  ...{ id: 'steer', title: 'Job', width: '50px' },
  cell: (run) => (
    <span className="runs-steer">
      <SteerButtons run={run} isSmall />
    </span>
  ),
};
