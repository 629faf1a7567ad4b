/** Loss, variance unexplained, L0, dead features and recovered loss over steps. */
import type { ReactElement } from 'react';
import { useMemo, useRef } from 'react';
import { FitBox } from '../../marks/fitBox.tsx';
import { formatNumber } from '../../marks/format.ts';
import { LineChart } from '../../marks/lineChart.tsx';
import type { Picture } from '../../marks/picture.ts';
import { csvOf } from '../../parts/csv.ts';
import { Panel } from '../../parts/panel.tsx';
import { Empty, PartialNote } from '../../parts/states.tsx';
import { useChangeDictionaries, useDictionariesSettings } from './dictionariesSettings.ts';
import { Scrolled } from './scrolled.tsx';
import { StepTable } from './stepTable.tsx';
import type { TrainChart } from './trainCharts.ts';
import { controlDash, controlIds, seriesColour, trainCharts } from './trainCharts.ts';
import type { TrainRows } from './trainRows.ts';
import { firstStep } from './trainRows.ts';

interface TrainChartPanelProps {
  readonly rows: TrainRows;
  /** Another training, whose lines are drawn too. */
  readonly beside: TrainRows | null;
}

export function TrainChartPanel({ rows, beside }: TrainChartPanelProps): ReactElement {
  const picture = useRef<Picture>(null);
  const hidden = useDictionariesSettings((settings) => settings.hidden);
  const charts = useMemo(() => bothCharts(rows, beside, hidden), [rows, beside, hidden]);
  const done = rows.steps.at(-1)?.step ?? 0;
  const { header } = rows;
  return (
    <Panel
      title="Training"
      caption={captionOf(rows)}
      aside={done < header.steps && <PartialNote known={done} total={header.steps} of="steps" />}
      exports={{ name: 'dictionary-training', csv: () => stepsCsv(rows), picture: () => picture.current }}
      table={() => <StepTable rows={rows} />}
    >
      {charts.length === 0 ? (
        <Empty title="The first step is being taken">Numbers are drawn here as steps are taken.</Empty>
      ) : (
        <div className="dict-drawn">
          <Names rows={rows} />
          <Scrolled className="dict-charts" label="Charts">
            {charts.map((chart, i) => (
              <Chart
                key={chart.number}
                chart={chart}
                from={firstStep(rows)}
                steps={header.steps}
                {...(i === 0 ? { picture } : {})}
              />
            ))}
          </Scrolled>
        </div>
      )}
    </Panel>
  );
}

function captionOf({ header: { rows, batch, notes } }: TrainRows): string {
  const { total, heldOut, source } = rows;
  return `${formatNumber(total)} rows of ${source}, ${formatNumber(batch)} a step; measured on ${formatNumber(heldOut)} held out. ${notes.join(' ')}`;
}

function bothCharts(rows: TrainRows, beside: TrainRows | null, hidden: readonly string[]): readonly TrainChart[] {
  const own = trainCharts(rows, hidden);
  if (beside === null) return own;
  const from = rows.header.dictionaries.filter(({ control }) => control === null).length;
  const other = trainCharts(beside, [], { prefix: 'beside: ', from });
  return own.map((chart) => {
    const more = other.find(({ number }) => number === chart.number)?.series ?? [];
    return { ...chart, series: [...chart.series, ...more] };
  });
}

/** The number at the right end needs some beside it. */
const room = 1.03;

interface ChartProps {
  readonly chart: TrainChart;
  readonly from: number;
  readonly steps: number;
  readonly picture?: { current: Picture | null };
}

function Chart({ chart: { number, title, unit, series }, from, steps, picture }: ChartProps): ReactElement {
  const last = series.map(({ name, y }) => `${name} ${formatNumber(y[y.length - 1] ?? NaN)}`).join(', ');
  const share = number === 'unexplained' || number === 'recovered';
  return (
    <div className="dict-chart">
      <FitBox>
        {(size) => (
          <LineChart
            {...size}
            {...(picture === undefined ? {} : { ref: picture })}
            {...{ title, series }}
            {...(share ? { yDomain: shareDomain(series) } : {})}
            xTitle="step"
            yTitle={unit}
            xDomain={xDomainOf(from, Math.max(steps, ...series.map(({ x }) => x[x.length - 1] ?? 0)))}
            wholeX
            label={`${title} by step, now: ${last}`}
          />
        )}
      </FitBox>
    </div>
  );
}

function xDomainOf(from: number, to: number): readonly [number, number] {
  return [from, from + room * Math.max(2, to - from)];
}

/** Of shares: from 0 to 1, and beyond where a line goes there, as far as it says anything. */
function shareDomain(series: TrainChart['series']): readonly [number, number] {
  const values = series.flatMap(({ y }) => [...y]).filter(Number.isFinite);
  return [Math.max(-1, Math.min(0, ...values)), Math.min(2, Math.max(1, ...values))];
}

/** Which lines are drawn: each dictionary of the training with its controls. */
function Names({ rows }: { readonly rows: TrainRows }): ReactElement | null {
  const hidden = useDictionariesSettings((settings) => settings.hidden);
  const change = useChangeDictionaries();
  const trained = rows.header.dictionaries.filter(({ control }) => control === null);
  const toggle = (name: string, isOn: boolean) =>
    change({ hidden: isOn ? hidden.filter((one) => one !== name) : [...hidden, name] });
  return (
    <div className="dict-lines" role="group" aria-label="Dictionaries that are drawn">
      {trained.map(({ name }, i) => (
        <label key={name} className="dict-check">
          <input
            type="checkbox"
            checked={!hidden.includes(name)}
            onChange={(event) => toggle(name, event.currentTarget.checked)}
          />
          <span className="dict-swatch" style={{ background: seriesColour(i) }} />
          <code>{name}</code>
        </label>
      ))}
      {controlIds(rows).map((id, i) => (
        <span key={id} className="dict-check">
          <svg width={28} height={8} aria-hidden>
            <line x2={28} y1={4} y2={4} stroke="var(--mark)" strokeWidth={2} strokeDasharray={controlDash(i)} />
          </svg>
          {id}
        </span>
      ))}
    </div>
  );
}

function stepsCsv({ steps }: TrainRows): string {
  const head = ['step', 'dictionary', 'loss', 'fvu', 'l0', 'dead', 'learning_rate', 'seconds'];
  const rows = steps.flatMap(({ step, seconds, dictionaries }) =>
    dictionaries.map(({ name, loss, unexplained, active, dead, learningRate }) => {
      return [step, name, loss, unexplained, active, dead, learningRate, seconds];
    }),
  );
  return csvOf(head, rows);
}
