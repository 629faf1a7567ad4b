/** The curves side by side over the same k, so that one sees whether the task breaks alone. */
import type { ReactElement } from 'react';
import { useMemo, useRef } from 'react';
import type { MaskPoint, MaskRows } from '../../../engine/results/maskPoints.ts';
import { maskPoints } from '../../../engine/results/maskPoints.ts';
import { FitBox } from '../../marks/fitBox.tsx';
import { LineChart } from '../../marks/lineChart.tsx';
import type { Picture } from '../../marks/picture.ts';
import { csvOf } from '../../parts/csv.ts';
import { Panel } from '../../parts/panel.tsx';
import { Empty } from '../../parts/states.tsx';
import type { TableColumn } from '../../parts/table.tsx';
import { Table } from '../../parts/table.tsx';
import type { MaskChart, MaskNumber } from './maskCharts.ts';
import { maskCharts, numberOf, pointName } from './maskCharts.ts';
import { withInterval } from './retrievalWords.ts';

export function MaskCurves({ rows }: { readonly rows: MaskRows }): ReactElement {
  const charts = useMemo(() => maskCharts(rows), [rows]);
  const picture = useRef<Picture>(null);
  const { header, runs, texts } = rows;
  return (
    <Panel
      title="Masked heads"
      caption={`${maskWords(header)}; n ${runs.length} of ${header.runs} needles, ${texts.length} of ${header.texts.n} texts; 95 % intervals clustered by needle`}
      exports={{ name: 'masked-heads', csv: () => pointsCsv(rows), picture: () => picture.current }}
      table={() => <PointTable rows={rows} charts={charts} />}
    >
      {charts.length === 0 ? (
        <Empty title="The first needle is being asked">Curves stand here as needles and texts come.</Empty>
      ) : (
        <div className="retrieval-charts">
          {charts.map((chart, i) => (
            <div key={chart.number} className="retrieval-chart">
              <FitBox>
                {(size) => (
                  <LineChart
                    {...size}
                    {...(i === 0 ? { ref: picture } : {})}
                    title={chart.title}
                    {...(chart.unit === '' ? {} : { yTitle: chart.unit })}
                    {...(chart.unit.startsWith('share') ? { yDomain: [0, 1] as const } : {})}
                    xTitle="heads masked"
                    wholeX
                    series={chart.series}
                    label={`${chart.title} by number of masked heads: ${endsOf(chart)}`}
                  />
                )}
              </FitBox>
            </div>
          ))}
        </div>
      )}
    </Panel>
  );
}

/** `uniform attention, while decoding; the answer is given` */
function maskWords({ arms, scope, mode }: MaskRows['header']): string {
  const mask = arms.find((arm) => arm.mask !== null)?.mask ?? null;
  const kinds = { uniform: 'uniform attention', zero: 'zero', meanQuery: 'mean query' } as const;
  const kind =
    mask === null ? '' : mask.kind === 'stream' ? `streaming(${mask.sinks}, ${mask.recent})` : kinds[mask.kind];
  const where = scope === 'decode' ? 'while decoding' : 'everywhere';
  return `${kind}, ${where}; ${mode === 'forced' ? 'the answer is given' : 'the model answers'}`;
}

function endsOf({ series }: MaskChart): string {
  return series
    .map(({ name, y }) => `${name} ${(y[0] ?? NaN).toFixed(2)} to ${(y.at(-1) ?? NaN).toFixed(2)}`)
    .join(', ');
}

interface PointTableProps {
  readonly rows: MaskRows;
  readonly charts: readonly MaskChart[];
}

function PointTable({ rows, charts }: PointTableProps): ReactElement {
  const points = useMemo(() => maskPoints(rows), [rows]);
  return (
    <Table<MaskPoint>
      label="Masked heads"
      rows={points}
      keyOf={pointName}
      columns={[
        { id: 'set', title: 'Masked', width: 'minmax(140px, 1fr)', cell: pointName },
        ...charts.map(({ number, title }) => numberColumn(number, title)),
        {
          id: 'n',
          title: 'n',
          width: '44px',
          align: 'right',
          cell: (point) => point.firstChoice?.n ?? point.loss?.n ?? 0,
        },
      ]}
    />
  );
}

function numberColumn(number: MaskNumber, title: string): TableColumn<MaskPoint> {
  return {
    ...{ id: number, title, width: `minmax(${Math.max(140, 6 * title.length + 20)}px, 1fr)`, align: 'right' },
    cell: (point) => {
      const mean = numberOf(point, number);
      return mean === null ? '–' : withInterval(mean.mean, mean.interval?.[0] ?? NaN, mean.interval?.[1] ?? NaN);
    },
    sortBy: (point) => numberOf(point, number)?.mean ?? NaN,
  };
}

const numbers: readonly MaskNumber[] = ['accuracy', 'stepsAccuracy', 'firstChoice', 'logProbability', 'perplexity'];

function pointsCsv(rows: MaskRows): string {
  const head = [
    'set',
    'k',
    'draws',
    ...numbers.flatMap((number) => [number, `${number}.low`, `${number}.high`, `${number}.n`]),
  ];
  const cells = maskPoints(rows).map((point) => [
    ...[point.set, point.k, point.draws],
    ...numbers.flatMap((number) => {
      const mean = numberOf(point, number);
      return [mean?.mean ?? null, mean?.interval?.[0] ?? null, mean?.interval?.[1] ?? null, mean?.n ?? null];
    }),
  ]);
  return csvOf(head, cells);
}
