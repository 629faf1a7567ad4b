/** Figures of docs/findings/smollm2-135m.md, from the files beside it that `headscope` wrote. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ReactElement } from 'react';
import type { MaskPoint } from '../../../engine/results/maskPoints.ts';
import type { IntervalBar } from '../../../renderer/marks/intervalBars.tsx';
import { IntervalBars } from '../../../renderer/marks/intervalBars.tsx';
import type { LineSeries } from '../../../renderer/marks/lineChart.tsx';
import { LineChart } from '../../../renderer/marks/lineChart.tsx';
import { figure, panel } from './figure.tsx';

export const findings = join(import.meta.dirname, '../../../docs/findings');
const folder = join(findings, 'smollm2-135m');

/** What is read of each file; the files hold more. */
interface Retrieval {
  readonly scores: Readonly<Record<string, readonly number[]>>;
  readonly confidence_intervals: Readonly<Record<string, readonly [low: number, high: number]>>;
}
interface Masking {
  readonly points: readonly MaskPoint[];
}
interface Plan {
  readonly evaluation: {
    readonly curve: readonly {
      readonly k: number;
      readonly metric: string;
      readonly value: number;
      readonly ci: readonly [low: number, high: number];
    }[];
    readonly random_control: {
      readonly curve: readonly { readonly k: number; readonly values: readonly number[] }[];
    };
  };
}
interface Estimate {
  readonly mean: number;
  readonly interval: readonly [low: number, high: number];
}
interface Duo {
  readonly gates: readonly (readonly number[])[];
  readonly steps: readonly { readonly step: number; readonly distillation: number; readonly loss: number }[];
  readonly quality: {
    readonly rows: readonly {
      readonly ranking: string | null;
      readonly sparsity: number;
      readonly answer: Estimate;
      readonly loss: Estimate;
    }[];
  };
}

function read<T>(name: string): T {
  return JSON.parse(readFileSync(join(folder, name), 'utf8')) as T;
}

/** Name of the file beside the page, and what stands in it. */
export const figures: readonly (readonly [name: string, draw: () => string])[] = [
  ['retrieval.svg', () => figure([[bestHeads(), allHeads()]])],
  ['masking.svg', () => figure([[maskChart('answered'), maskChart('perplexity')]])],
  [
    'pruning.svg',
    () =>
      figure([
        [pruning('michel', 'Gate gradient (Michel)'), pruning('zero', 'Loss without it, one by one')],
        [pruning('minitron', 'Activation (Minitron)'), pruning('wanda', 'Wanda, structured')],
      ]),
  ],
  ['gates.svg', () => figure([[training(), gates()]])],
  ['streaming.svg', () => figure([[quality('answer'), quality('loss')]])],
];

interface Head {
  readonly name: string;
  readonly mean: number;
  readonly interval: readonly [low: number, high: number];
}

function rankedHeads(): readonly Head[] {
  const { scores, confidence_intervals } = read<Retrieval>('retrieval.json');
  return Object.entries(scores)
    .map(([key, runs]) => ({
      name: `L${key.replace('-', 'H')}`,
      mean: meanOf(runs),
      interval: confidence_intervals[key] ?? ([NaN, NaN] as const),
    }))
    .toSorted((a, b) => b.mean - a.mean);
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function bestHeads(): ReactElement {
  const bars = rankedHeads()
    .slice(0, 12)
    .map(({ name, mean, interval: [low, high] }): IntervalBar => ({ name, value: mean, low, high }));
  return (
    <IntervalBars width={panel.width} bars={bars} label="The twelve heads with most copied, with 95 % intervals" />
  );
}

function allHeads(): ReactElement {
  const heads = rankedHeads();
  const x = heads.map((_, i) => i + 1);
  const series = [{ name: `${heads.length} heads`, x, y: heads.map(({ mean }) => mean) }];
  return <Chart title="Copy score of every head, by rank" series={series} xTitle="rank" wholeX />;
}

const maskNumbers = {
  answered: { title: 'First choices in the answer, share', of: ({ firstChoice }: MaskPoint) => firstChoice },
  perplexity: { title: 'Loss on plain text, nats a token', of: ({ loss }: MaskPoint) => loss },
} as const;

function maskChart(number: keyof typeof maskNumbers): ReactElement {
  const { points } = read<Masking>('masking.json');
  const { title, of } = maskNumbers[number];
  const series = (['top', 'random', 'bottom'] as const).map((set): LineSeries => {
    const line = points.filter((point) => point.set === 'none' || point.set === set).toSorted((a, b) => a.k - b.k);
    const bound = (end: 0 | 1) => line.map((point) => of(point)?.interval?.[end] ?? NaN);
    const y = line.map((point) => of(point)?.mean ?? NaN);
    return { name: `${set} k`, x: line.map(({ k }) => k), y, low: bound(0), high: bound(1), control: set === 'random' };
  });
  return <Chart title={title} series={series} xTitle="heads masked" wholeX />;
}

/** The rise of the loss of the plan by one criterion, and of random plans that take as many groups of each layer. */
function pruning(id: string, title: string): ReactElement {
  const { curve, random_control } = read<Plan>(`plan-${id}.json`).evaluation;
  const line = curve.filter(({ metric }) => metric === 'loss_change');
  const plan: LineSeries = {
    ...{ name: 'plan', x: line.map(({ k }) => k), y: line.map(({ value }) => value) },
    ...{ low: line.map(({ ci }) => ci[0]), high: line.map(({ ci }) => ci[1]) },
  };
  const random = random_control.curve;
  const control: LineSeries = {
    ...{ name: '10 random', control: true, x: random.map(({ k }) => k), y: random.map(({ values }) => meanOf(values)) },
    ...{ low: random.map(({ values }) => Math.min(...values)), high: random.map(({ values }) => Math.max(...values)) },
  };
  return (
    <Chart
      {...{ title: `${title}: rise of the loss, nats a token`, series: [plan, control] }}
      {...{ xTitle: 'KV groups of 90 removed', yDomain: [-0.2, 8], wholeX: true }}
    />
  );
}

function training(): ReactElement {
  const { steps } = read<Duo>('duo.json');
  const x = steps.map(({ step }) => step);
  const series = [
    { name: 'whole loss', x, y: steps.map(({ loss }) => loss) },
    { name: 'squared difference of final states', x, y: steps.map(({ distillation }) => distillation) },
  ];
  return <Chart title="Loss of the training" series={series} xTitle="step" yDomain={[0, 0.055]} wholeX />;
}

function gates(): ReactElement {
  const sorted = read<Duo>('duo.json')
    .gates.flat()
    .toSorted((a, b) => b - a);
  const series = [{ name: `${sorted.length} KV heads`, x: sorted.map((_, i) => i + 1), y: sorted }];
  return <Chart title="Gates after training, by rank" series={series} xTitle="rank" wholeX />;
}

function quality(of: 'answer' | 'loss'): ReactElement {
  const { rows } = read<Duo>('duo.json').quality;
  const full = rows.filter(({ ranking }) => ranking === null);
  const lines = (['gates', 'razor.json'] as const).map((name): LineSeries => {
    const line = [...full, ...rows.filter(({ ranking }) => ranking === name)].toSorted(
      (a, b) => a.sparsity - b.sparsity,
    );
    return {
      ...{
        name: name === 'gates' ? 'gates' : 'RazorAttention',
        x: line.map(({ sparsity }) => sparsity * 100),
        y: line.map((row) => row[of].mean),
      },
      ...{ low: line.map((row) => row[of].interval[0]), high: line.map((row) => row[of].interval[1]) },
    };
  });
  const title = of === 'answer' ? 'Log probability of a passkey, nats a token' : 'Loss on plain text, nats a token';
  return <Chart title={title} series={[...lines, randomQuality(of)]} xTitle="KV heads that stream, %" />;
}

/** The mean of the draws, from the least to the most of them. */
function randomQuality(of: 'answer' | 'loss'): LineSeries {
  const { rows } = read<Duo>('duo.json').quality;
  const random = rows.filter(({ ranking }) => ranking === null || ranking === 'random');
  const x = [...new Set(random.map(({ sparsity }) => sparsity))].toSorted((a, b) => a - b);
  const at = x.map((sparsity) => random.filter((row) => row.sparsity === sparsity).map((row) => row[of].mean));
  return {
    ...{ name: 'random', control: true, x: x.map((share) => share * 100), y: at.map(meanOf) },
    ...{ low: at.map((values) => Math.min(...values)), high: at.map((values) => Math.max(...values)) },
  };
}

type ChartProps = Omit<Parameters<typeof LineChart>[0], 'width' | 'height' | 'label'>;

function Chart(props: ChartProps): ReactElement {
  return <LineChart {...panel} {...props} label={props.title} />;
}
