/** Answers to passkeys and loss on plain text against the share of KV heads that stream. */
import type { ReactElement } from 'react';
import { useMemo, useRef } from 'react';
import type { StreamedHeads } from '../../../engine/results/duo.ts';
import { FitBox } from '../../marks/fitBox.tsx';
import { formatNumber } from '../../marks/format.ts';
import { LineChart } from '../../marks/lineChart.tsx';
import type { Picture } from '../../marks/picture.ts';
import { csvOf } from '../../parts/csv.ts';
import { Panel } from '../../parts/panel.tsx';
import { Empty, PartialNote } from '../../parts/states.tsx';
import type { TableColumn } from '../../parts/table.tsx';
import { Table } from '../../parts/table.tsx';
import { scoreWords } from './probeWords.ts';
import type { QualityNumber, QualityRows } from './qualityRows.ts';
import { pointName, qualitySeries, sparsityWords, unedited } from './qualityRows.ts';

interface QualityProps {
  readonly rows: QualityRows;
}

const numbers = [
  { number: 'answer', title: 'Log probability of the answer', yTitle: 'nats a token' },
  { number: 'correct', title: 'First choices in the answer', yTitle: 'share of its tokens' },
  { number: 'loss', title: 'Loss on plain text', yTitle: 'nats a token' },
] as const satisfies readonly { number: QualityNumber; title: string; yTitle: string }[];

export function QualityCurves({ rows }: QualityProps): ReactElement {
  const picture = useRef<Picture>(null);
  const { header, points } = rows;
  const { sink, recent, units, passkeyTexts, plainTexts } = header;
  return (
    <Panel
      title="What streaming costs"
      caption={`sink ${sink}, recent ${recent}; n ${passkeyTexts.n} passkey texts (${formatNumber(passkeyTexts.answers)} answer tokens), ${plainTexts.n} of ${plainTexts.source}; 95 % intervals over texts, random from the least to the most`}
      aside={points.length < units && <PartialNote known={points.length} total={units} of="choices" />}
      exports={{ name: 'streaming-quality', csv: () => pointsCsv(points), picture: () => picture.current }}
      table={() => <PointTable points={points} />}
    >
      {unedited(rows) === null ? (
        <Empty title="The model as it is comes first">Curves stand here as choices of heads are measured.</Empty>
      ) : (
        <div className="retrieval-charts">
          {numbers.map((one, i) => (
            <div key={one.number} className="retrieval-chart">
              <Curve rows={rows} {...one} {...(i === 0 ? { picture } : {})} />
            </div>
          ))}
        </div>
      )}
    </Panel>
  );
}

interface CurveProps extends QualityProps {
  readonly number: QualityNumber;
  readonly title: string;
  readonly yTitle: string;
  readonly picture?: { current: Picture | null };
}

function Curve({ rows, number, title, yTitle, picture }: CurveProps): ReactElement {
  const series = useMemo(() => qualitySeries(rows, number), [rows, number]);
  const level = unedited(rows)?.[number].mean ?? null;
  return (
    <FitBox>
      {(size) => (
        <LineChart
          {...size}
          {...{ title, yTitle, series }}
          {...(picture === undefined ? {} : { ref: picture })}
          {...(number === 'correct' ? { yDomain: [0, 1] as const } : {})}
          {...(level === null ? {} : { level: { name: 'as it is', value: level } })}
          xTitle="KV heads that stream, %"
          xDomain={[0, 100]}
          label={`${title} by percent of KV heads that stream: ${endsOf(series)}`}
        />
      )}
    </FitBox>
  );
}

function endsOf(series: ReturnType<typeof qualitySeries>): string {
  return series
    .map(({ name, y }) => `${name} ${(y[0] ?? NaN).toFixed(2)} to ${(y.at(-1) ?? NaN).toFixed(2)}`)
    .join(', ');
}

function PointTable({ points }: { readonly points: readonly StreamedHeads[] }): ReactElement {
  return <Table<StreamedHeads> label="Choices of streaming heads" rows={points} keyOf={pointName} columns={columns} />;
}

const columns: readonly TableColumn<StreamedHeads>[] = [
  { id: 'by', title: 'By', width: 'minmax(150px, 1.4fr)', cell: pointName },
  {
    ...{ id: 'sparsity', title: 'Share', width: '60px', align: 'right' },
    cell: ({ sparsity }) => sparsityWords(sparsity),
    sortBy: ({ sparsity }) => sparsity,
  },
  {
    ...{ id: 'heads', title: 'KV heads', width: '76px', align: 'right' },
    cell: ({ streaming }) => streaming.length,
    sortBy: ({ streaming }) => streaming.length,
  },
  ...numbers.map(({ number, title }): TableColumn<StreamedHeads> => {
    return {
      ...{ id: number, title, width: 'minmax(188px, 1fr)', align: 'right' },
      cell: (point) => scoreWords(point[number]),
      sortBy: (point) => point[number].mean,
    };
  }),
];

function pointsCsv(points: readonly StreamedHeads[]): string {
  const ends = numbers.flatMap(({ number }) => [number, `${number}.low`, `${number}.high`, `${number}.n`]);
  const rows = points.map((point) => [
    ...[point.ranking ?? 'none', point.draw, point.sparsity, point.streaming.length],
    ...numbers.flatMap(({ number }) => [point[number].mean, ...point[number].interval, point[number].n]),
  ]);
  return csvOf(['ranking', 'draw', 'sparsity', 'kv_heads', ...ends], rows);
}
