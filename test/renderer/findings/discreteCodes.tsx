/** Figures and tables of docs/findings/discrete-codes.md, from the files beside it that fixtures/make/circuitNumbers.ts wrote. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ReactElement } from 'react';
import type { IntervalBar } from '../../../renderer/marks/intervalBars.tsx';
import { IntervalBars } from '../../../renderer/marks/intervalBars.tsx';
import type { LineSeries } from '../../../renderer/marks/lineChart.tsx';
import { LineChart } from '../../../renderer/marks/lineChart.tsx';
import { seedMean } from '../../../renderer/views/circuits/judgements.ts';
import { figure, panel } from './figure.tsx';

export const folder = join(import.meta.dirname, '../../../docs/findings/discrete-codes');

/** What is read of each file; the files hold more. */
interface Curve {
  readonly order: 'absolute' | 'signed';
  readonly cpr: number | null;
  readonly cmd: number | null;
  readonly k: readonly number[];
  readonly faithfulness: readonly (number | null)[];
  readonly kl: readonly number[];
}
interface Judged {
  readonly averagePrecision: number;
  readonly runs: { readonly aucs: readonly number[] };
}
interface MethodNumbers {
  readonly method: string;
  readonly forwardPasses: number;
  readonly backwardPasses: number;
  /** One a run. */
  readonly seconds: readonly number[];
  readonly judged: Readonly<Record<string, Judged>>;
  readonly curves: readonly Curve[];
}
interface RunNumbers {
  readonly run: string;
  readonly model: string;
  readonly nodes: number;
  readonly methods: readonly MethodNumbers[];
  readonly random: { readonly curves: readonly Curve[] };
  readonly sampled: readonly {
    readonly method: string;
    readonly prompts: number;
    readonly reference: string;
    readonly auc: number;
  }[];
}

function read<T>(name: string): T {
  return JSON.parse(readFileSync(join(folder, name), 'utf8')) as T;
}

const controls = new Set(['untrained', 'k-means', 'hash', 'write-norm', 'smd', 'probe', 'mean-difference']);

/** Name of the file beside the page, and what stands in it. */
export const figures: readonly (readonly [name: string, draw: () => string])[] = [
  [
    'planted.svg',
    () =>
      figure([
        ['planted-induction', 'planted-ioi'].map(noiseChart),
        ['planted-polysemantic', 'planted-decoys'].map(noiseChart),
      ]),
  ],
  ['auc.svg', () => figure([[areas(false), areas(true)]])],
  ['circuits.svg', () => figure([[circuitChart('faithfulness'), circuitChart('kl')]])],
];

/** By the name that stands in the page's mark, `<!-- table: NAME -->`. */
export const tables: readonly (readonly [name: string, rows: () => string])[] = [
  ['planted', plantedTable],
  ['ioi', () => benchTable('ioi.json')],
  ['tiny-heads', () => benchTable('tiny-heads.json')],
];

/** AUC at each noise, over seeds of the method and of the noise. */
function plantedAreas(method: string, model: string | null, noise: string): readonly (readonly number[])[] {
  const runs = read<readonly RunNumbers[]>('planted.json').filter(
    ({ run, model: own }) => (model === null || own === model) && noiseOf(run) === noise,
  );
  return runs.map(({ methods }) => methods.find((one) => one.method === method)?.judged['planted']?.runs.aucs ?? []);
}

/** `planted-ioi-0.1-2` is of noise 0.1. */
function noiseOf(run: string): string {
  return /-(0(?:\.\d+)?)(?:-\d+)?$/.exec(run)?.[1] ?? '';
}

const noises = ['0', '0.02', '0.1'] as const;
const drawn = ['discrete-sae', 'vq-codes', 'untrained', 'k-means', 'patching', 'ig'] as const;

function noiseChart(model: string): ReactElement {
  const series = drawn.map((method): LineSeries => {
    const means = noises.map((noise) => seedMean(plantedAreas(method, model, noise).flat()));
    return {
      ...{ name: method, x: noises.map(Number), y: means.map(({ mean }) => mean) },
      ...(controls.has(method) ? { control: true } : {}),
      ...(method === 'k-means' ? { dash: '1 3' } : {}),
    };
  });
  return <Chart title={`${model}: AUC`} series={series} xTitle="noise" yDomain={[0, 1]} wrapsNames />;
}

function plantedTable(): string {
  const models = ['planted-induction', 'planted-ioi', 'planted-polysemantic', 'planted-decoys'];
  const [first] = read<readonly RunNumbers[]>('planted.json');
  const rows = (first?.methods ?? []).map(({ method }) => [
    nameOf(method),
    ...models.map((model) => spread(plantedAreas(method, model, '0').flat())),
    // A run's mean over models, so that the interval is over seeds and not over models.
    ...noises.slice(1).map((noise) => spread(overModels(method, noise))),
  ]);
  const titles = ['AUC', ...models.map((model) => model.replace('planted-', '')), 'all, noise 0.02', 'all, noise 0.1'];
  return markdown(titles, rows);
}

function overModels(method: string, noise: string): readonly number[] {
  const runs = plantedAreas(method, null, noise);
  return (runs[0] ?? []).map((_, seed) => meanOf(runs.map((aucs) => aucs[seed] ?? NaN)));
}

function areas(ofControls: boolean): ReactElement {
  const { methods } = read<RunNumbers>('ioi.json');
  const bars = methods
    .filter(({ method }) => controls.has(method) === ofControls)
    .map(({ method, judged }): IntervalBar => {
      const { mean, interval } = seedMean(judged['exact-10']?.runs.aucs ?? []);
      const [low, high] = interval ?? [null, null];
      return {
        name: method
          .replace(' gradDrop=', ', GradDrop ')
          .replace('GradDrop false', 'plain')
          .replace(', GradDrop true', ' + GradDrop'),
        value: mean,
        low,
        high,
        control: ofControls,
      };
    });
  const label = `AUC against the tenth of heads with the largest effect, ${ofControls ? 'controls' : 'methods'}`;
  return <IntervalBars width={panel.width} bars={bars} domain={[0, 1]} label={label} />;
}

const lines = ['discrete-sae', 'untrained', 'write-norm', 'atp gradDrop=false', 'ig', 'patching'] as const;

function circuitChart(number: 'faithfulness' | 'kl'): ReactElement {
  const { methods, random, nodes } = read<RunNumbers>('ioi.json');
  const series = lines.flatMap((id): LineSeries[] => {
    const [curve] = methods.find(({ method }) => method === id)?.curves ?? [];
    if (curve === undefined) return [];
    return [{ name: nameOf(id), ...(controls.has(id) ? { control: true } : {}), ...pointsOf(curve, number, nodes) }];
  });
  const draws = random.curves.map((curve) => pointsOf(curve, number, nodes));
  const x = draws[0]?.x ?? [];
  const at = x.map((_, i) => draws.map(({ y }) => y[i] ?? NaN));
  const band = { low: at.map((values) => Math.min(...values)), high: at.map((values) => Math.max(...values)) };
  const name = `${draws.length} random`;
  const title = number === 'kl' ? 'KL from the whole model, nats' : 'Faithfulness f';
  return (
    <Chart
      {...{ title, xTitle: 'heads kept, %', log: 'x', wrapsNames: true }}
      series={[...series, { name, x, y: at.map(meanOf), ...band, colour: 'var(--ink-3)', dash: '1 3' }]}
    />
  );
}

/** From one head on: a share of 0 has no place on a logarithmic axis. */
function pointsOf(curve: Curve, number: 'faithfulness' | 'kl', nodes: number) {
  const kept = curve.k.flatMap((k, i) => (k > 0 ? [i] : []));
  return {
    x: kept.map((i) => (100 * (curve.k[i] ?? NaN)) / nodes),
    y: kept.map((i) => curve[number][i] ?? NaN),
  };
}

/** Share of nodes at which KL is told. */
const SHARE = 0.1;

function benchTable(file: string): string {
  const { methods, random, nodes } = read<RunNumbers>(file);
  const references = ['exact-5', 'exact-10', 'exact-20'];
  const rows = methods.map(({ method, judged, curves, seconds, forwardPasses, backwardPasses }) => [
    nameOf(method),
    ...references.map((reference) => spread(judged[reference]?.runs.aucs ?? [])),
    fixed(judged['exact-10']?.averagePrecision),
    ...curveCells(
      curves.filter(({ order }) => order === 'absolute'),
      nodes,
    ),
    medianOf(seconds).toPrecision(2),
    `${forwardPasses} / ${backwardPasses}`,
  ]);
  const chance = ['random', ...references.map(() => ''), '', ...curveCells(random.curves, nodes), '', ''];
  const titles = [
    '',
    'AUC, top 5 %',
    'top 10 %',
    'top 20 %',
    'AP, top 10 %',
    'CPR',
    'CMD',
    'KL at 10 %',
    'seconds',
    'passes',
  ];
  return markdown(titles, [...rows, chance]);
}

/** Of several draws their means. */
function curveCells(curves: readonly Curve[], nodes: number): string[] {
  const kls = curves.map(({ k, kl }) => kl[k.indexOf(Math.floor(nodes * SHARE))] ?? NaN);
  return [curves.map(({ cpr }) => cpr ?? NaN), curves.map(({ cmd }) => cmd ?? NaN), kls].map((values) =>
    fixed(meanOf(values)),
  );
}

/** `0.81 ±0.04`: mean over runs, half of Student's 95 % interval. */
function spread(values: readonly number[]): string {
  const { mean, interval } = seedMean(values);
  return interval === null ? fixed(mean) : `${fixed(mean)} ±${fixed((interval[1] - interval[0]) / 2)}`;
}

function nameOf(method: string): string {
  return method.replace(' gradDrop=false', '').replace(' gradDrop=true', ' + GradDrop');
}

function fixed(value: number | undefined): string {
  return value === undefined || Number.isNaN(value) ? '' : value.toFixed(2).replace('-', '−');
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

function markdown(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  return [titles, titles.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

type ChartProps = Omit<Parameters<typeof LineChart>[0], 'width' | 'height' | 'label'>;

function Chart(props: ChartProps): ReactElement {
  return <LineChart {...panel} {...props} label={props.title} />;
}
