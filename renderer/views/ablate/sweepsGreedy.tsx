/** A set that grows by one head a step: the metric after each, and the heads in their order. */
import type { ReactElement, Ref } from 'react';
import { useMemo, useRef } from 'react';
import { measures } from '../../../engine/terms/measures.ts';
import { useRun } from '../../api/hooks.ts';
import type { SetTable } from '../../api/runTables.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { FitBox } from '../../marks/fitBox.tsx';
import { formatChange } from '../../marks/format.ts';
import { LineChart } from '../../marks/lineChart.tsx';
import type { Picture } from '../../marks/picture.ts';
import { Panel } from '../../parts/panel.tsx';
import { Empty } from '../../parts/states.tsx';
import type { TableColumn } from '../../parts/table.tsx';
import { sweepCsv } from './sweepsCsv.ts';
import { useRunExports } from './sweepsExports.ts';
import type { GreedyRow } from './sweepsRows.ts';
import { greedyRows } from './sweepsRows.ts';
import { SweepsSetsAbout } from './sweepsSetsAbout.tsx';
import { estimateColumn, SweepsTable } from './sweepsTable.tsx';
import { decimalsOf, kindTitles } from './sweepsWords.ts';

interface SweepsGreedyProps {
  readonly run: string;
  readonly picker: ReactElement;
  readonly bar: ReactElement;
}

export function SweepsGreedy({ run, picker, bar }: SweepsGreedyProps): ReactElement | null {
  const table = useRun(run)?.table;
  const picture = useRef<Picture>(null);
  const actions = useRunExports(run, ['csv']);
  const rows = useMemo(() => (table?.kind === 'ablateSets' ? greedyRows(table) : []), [table]);
  if (table?.kind !== 'ablateSets') return null;
  return (
    <Panel
      title={kindTitles.greedy}
      controls={picker}
      exports={{ name: 'greedy', csv: () => sweepCsv(table.header, rows), picture: () => picture.current }}
      table={() => <Steps table={table} rows={rows} />}
      actions={actions}
    >
      <div className="sweeps-body">
        {bar}
        {rows.length === 0 ? (
          <Empty title="The first step is being tried">{`${table.sets.length} candidates are measured so far.`}</Empty>
        ) : (
          <div className="sweeps-split">
            <div className="sweeps-half">
              <Curve table={table} rows={rows} picture={picture} />
            </div>
            <Steps table={table} rows={rows} omit={beside} />
          </div>
        )}
        <SweepsSetsAbout table={table}>a row chooses the heads up to its step as the set</SweepsSetsAbout>
      </div>
    </Panel>
  );
}

/** Columns that find no room beside the curve. */
const beside = ['effect', 'kl', 'n', 'tried'];

interface CurveProps {
  readonly table: SetTable;
  readonly rows: readonly GreedyRow[];
  readonly picture: Ref<Picture>;
}

function Curve({ table: { header, baseline }, rows, picture }: CurveProps): ReactElement {
  const { title, unit } = measures[header.metricId];
  const clean = baseline?.metric.mean ?? NaN;
  const series = {
    name: 'without the heads so far; band: 95 % interval of the change',
    x: [0, ...rows.map(({ step }) => step)],
    y: [clean, ...rows.map(({ after }) => after.value)],
    low: [clean, ...rows.map(({ after }) => after.low)],
    high: [clean, ...rows.map(({ after }) => after.high)],
  };
  return (
    <div className="sweeps-drawing sweeps-chart">
      <FitBox>
        {(size) => (
          <LineChart
            {...size}
            ref={picture}
            title={title}
            yTitle={unit}
            xTitle="heads removed"
            wholeX
            series={[series]}
            label={`${title} after each step, from ${clean} to ${rows.at(-1)?.after.value ?? clean}`}
          />
        )}
      </FitBox>
    </div>
  );
}

interface StepsProps extends Pick<CurveProps, 'table' | 'rows'> {
  readonly omit?: readonly string[];
}

function Steps({ table: { header }, rows, omit = [] }: StepsProps): ReactElement {
  const { selection } = useWorkbench();
  const columns = useMemo(() => stepColumns(rows, measures[header.metricId].title), [rows, header]);
  return (
    <SweepsTable
      label="Steps"
      header={header}
      rows={rows.map((row) => ({ ...row, name: `L${row.added.layer}H${row.added.head}` }))}
      extra={columns.before}
      more={columns.after}
      omit={omit}
      nameTitle="Adds"
      onSelect={({ heads, added }) => {
        selection.setSet(heads);
        selection.setPrimary(added);
      }}
    />
  );
}

function stepColumns(rows: readonly GreedyRow[], metric: string) {
  const decimals = decimalsOf(rows.map(({ gained }) => gained));
  const before: readonly TableColumn<GreedyRow>[] = [
    { id: 'step', title: 'Step', width: '44px', align: 'right', cell: ({ step }) => step, sortBy: ({ step }) => step },
    estimateColumn('after', metric, rows, ({ after }) => after),
    {
      ...{ id: 'gained', title: 'By this head', width: '88px', align: 'right' },
      cell: ({ gained }) => formatChange(gained, decimals),
    },
  ];
  const after: readonly TableColumn<GreedyRow>[] = [
    { id: 'tried', title: 'Tried', width: '48px', align: 'right', cell: ({ tried }) => tried },
  ];
  return { before, after };
}
