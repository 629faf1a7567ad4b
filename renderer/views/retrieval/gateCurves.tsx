/** How a training of gates goes: what is minimised, and the mean gate, by step. */
import type { ReactElement } from 'react';
import { useMemo, useRef } from 'react';
import type { DuoStep } from '../../../engine/results/duo.ts';
import { FitBox } from '../../marks/fitBox.tsx';
import type { LineSeries } from '../../marks/lineChart.tsx';
import { LineChart } from '../../marks/lineChart.tsx';
import { formatNumber } from '../../marks/format.ts';
import type { Picture } from '../../marks/picture.ts';
import { csvOf } from '../../parts/csv.ts';
import { Panel } from '../../parts/panel.tsx';
import { Empty, PartialNote } from '../../parts/states.tsx';
import type { TableColumn } from '../../parts/table.tsx';
import { Table } from '../../parts/table.tsx';
import type { GateRows } from './gateRows.ts';

export function GateCurves({ rows }: { readonly rows: GateRows }): ReactElement {
  const { header, steps } = rows;
  const { settings, compared, notes } = header;
  const picture = useRef<Picture>(null);
  const charts = useMemo(() => chartsOf(steps), [steps]);
  const where = compared === 'finalNorm' ? 'after the last norm' : 'after the last block';
  return (
    <Panel
      title="Training"
      caption={`texts of ${formatNumber(settings.lengths.from)} to ${formatNumber(settings.lengths.to)} tokens, sink ${settings.sink}, recent ${settings.recent}, seed ${settings.seed}; hidden states are compared ${where}. ${notes.join(' ')}`}
      aside={steps.length < settings.steps && <PartialNote known={steps.length} total={settings.steps} of="steps" />}
      exports={{ name: 'gate-training', csv: () => stepsCsv(steps), picture: () => picture.current }}
      table={() => <StepTable steps={steps} />}
    >
      {steps.length === 0 ? (
        <Empty title="The first step is being taken">The loss stands here as steps are taken.</Empty>
      ) : (
        <div className="retrieval-charts">
          {charts.map(({ title, series, yTitle, yDomain }, i) => (
            <div key={title} className="retrieval-chart">
              <FitBox>
                {(size) => (
                  <LineChart
                    {...size}
                    {...{ title, series, yTitle }}
                    {...(i === 0 ? { ref: picture } : {})}
                    {...(yDomain === undefined ? {} : { yDomain })}
                    xTitle="step"
                    xDomain={[1, Math.max(2, settings.steps)]}
                    wholeX
                    label={`${title} by step, now ${(series[0]?.y.at(-1) ?? NaN).toPrecision(3)}`}
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

interface GateChart {
  readonly title: string;
  readonly yTitle: string;
  readonly yDomain?: readonly [number, number];
  readonly series: readonly LineSeries[];
}

function chartsOf(steps: readonly DuoStep[]): readonly GateChart[] {
  const x = steps.map(({ step }) => step);
  const line = (name: string, of: (step: DuoStep) => number): LineSeries => ({ name, x, y: steps.map(of) });
  return [
    {
      title: 'Loss, before each step',
      yTitle: 'squared difference, plus the penalty',
      series: [line('with the penalty', ({ loss }) => loss), line('distillation', ({ distillation }) => distillation)],
    },
    {
      title: 'Mean gate, after each step',
      yTitle: '1 full attention, 0 streaming',
      yDomain: [0, 1],
      series: [line('mean gate', ({ meanGate }) => meanGate)],
    },
  ];
}

const columns: readonly TableColumn<DuoStep>[] = [
  number('step', 'Step', ({ step }) => step, String),
  number(
    'loss',
    'Loss',
    ({ loss }) => loss,
    (value) => value.toPrecision(4),
  ),
  number(
    'distillation',
    'Distillation',
    ({ distillation }) => distillation,
    (value) => value.toPrecision(4),
  ),
  number(
    'meanGate',
    'Mean gate',
    ({ meanGate }) => meanGate,
    (value) => value.toFixed(3),
  ),
  number(
    'rate',
    'Learning rate',
    ({ learningRate }) => learningRate,
    (value) => value.toPrecision(3),
  ),
  number('tokens', 'Tokens', ({ tokens }) => tokens, formatNumber),
  number('labels', 'Compared', ({ labels }) => labels, formatNumber),
  number(
    'seconds',
    'Seconds',
    ({ seconds }) => seconds,
    (value) => value.toFixed(2),
  ),
];

function number(
  id: string,
  title: string,
  of: (step: DuoStep) => number,
  words: (value: number) => string,
): TableColumn<DuoStep> {
  return { id, title, width: 'minmax(84px, 1fr)', align: 'right', cell: (step) => words(of(step)), sortBy: of };
}

function StepTable({ steps }: { readonly steps: readonly DuoStep[] }): ReactElement {
  return (
    <Table<DuoStep> label="Steps of the training" rows={steps} keyOf={({ step }) => String(step)} columns={columns} />
  );
}

function stepsCsv(steps: readonly DuoStep[]): string {
  const head = ['step', 'tokens', 'labels', 'learning_rate', 'distillation', 'loss', 'mean_gate', 'seconds'];
  const rows = steps.map(({ step, tokens, labels, learningRate, distillation, loss, meanGate, seconds }) => {
    return [step, tokens, labels, learningRate, distillation, loss, meanGate, seconds];
  });
  return csvOf(head, rows);
}
