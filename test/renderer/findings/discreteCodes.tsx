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

/** What SmolLM2 was run on. */
const tasks = [
  { file: 'ioi', title: 'IOI' },
  { file: 'greaterThan', title: 'greater-than' },
  { file: 'induction', title: 'induction' },
] as const;

/** Name of the file beside the page, and what stands in it. */
export const figures: readonly (readonly [name: string, draw: () => string])[] = [
  ['planted.svg', () => figure([[false, true].map((ofControls) => bars(plantedMeans(), ofControls))])],
  ['auc.svg', () => figure([[false, true].map((ofControls) => bars(benchAreas('ioi.json'), ofControls))])],
  ['circuits.svg', () => figure([[circuitChart('faithfulness'), circuitChart('kl')]])],
];

/** By the name that stands in the page's mark, `<!-- table: NAME -->`. */
export const tables: readonly (readonly [name: string, rows: () => string])[] = [
  ['planted', plantedTable],
  ['noise', noiseTable],
  ['options', () => settingsTable('improvements.json', 'planted', 'AUC, planted-ioi')],
  ['scales', () => settingsTable('tiny-scaled.json', 'exact-10', 'AUC, tiny-heads, top 10 %')],
  ['tasks', tasksTable],
  ...tasks.map(({ file }) => [file, () => benchTable(`${file}.json`)] as const),
  ['ioi-options', () => settingsTable('ioi-options.json', 'exact-10', 'AUC, IOI, top 10 %')],
  ['sizes', () => sizesTable('sizes.json', 'exact-10')],
  ['tiny-heads', () => benchTable('tiny-heads.json')],
];

interface Areas {
  readonly method: string;
  /** One a run. */
  readonly aucs: readonly number[];
}

function plantedRuns(): readonly RunNumbers[] {
  return read<readonly RunNumbers[]>('planted.json');
}

/** `planted-ioi-0.1-1` is planted-ioi with noise of 0.1, drawn from seed 1. */
function noiseOf(run: string): string {
  return /-(0(?:\.\d+)?)(?:-\d+)?$/.exec(run)?.[1] ?? '';
}

/** Seed of the noise; without noise there is one. */
function drawOf(run: string): string {
  return /-0(?:\.\d+)?-(\d+)$/.exec(run)?.[1] ?? '';
}

function areasOf({ methods }: RunNumbers, id: string, reference: string): readonly number[] {
  return methods.find(({ method }) => method === id)?.judged[reference]?.runs.aucs ?? [];
}

/**
 * Means over models for every seed and draw of noise, so that intervals are over these and not over models. A draw of noise is
 * another model: its seeds stand for themselves.
 */
function plantedMeans(noise = '0'): readonly Areas[] {
  const runs = plantedRuns().filter(({ run }) => noiseOf(run) === noise);
  const draws = [...new Set(runs.map(({ run }) => drawOf(run)))].map((draw) =>
    runs.filter(({ run }) => drawOf(run) === draw),
  );
  return (runs[0]?.methods ?? []).map(({ method }) => ({
    method,
    aucs: draws.flatMap((models) => {
      const each = models.map((run) => areasOf(run, method, 'planted'));
      return (each[0] ?? []).map((_, seed) => meanOf(each.map((aucs) => aucs[seed] ?? NaN)));
    }),
  }));
}

function plantedTable(): string {
  const runs = plantedRuns().filter(({ run }) => noiseOf(run) === '0');
  const rows = plantedMeans().map(({ method, aucs }) => [
    nameOf(method),
    spread(aucs),
    ...runs.map((run) => spread(areasOf(run, method, 'planted'))),
  ]);
  return markdown(['AUC', 'mean', ...runs.map(({ model }) => model.replace('planted-', ''))], rows);
}

/** Shares of noise, one column each. */
const noises = ['0', '0.02', '0.1'] as const;

function noiseTable(): string {
  const means = noises.map((noise) => plantedMeans(noise));
  const rows = (means[0] ?? []).map(({ method }) => [
    nameOf(method),
    ...means.map((columns) => spread(columns.find((areas) => areas.method === method)?.aucs ?? [])),
  ]);
  return markdown(['AUC, mean of four models', ...noises.map((noise) => `noise ${noise}`)], rows);
}

/** Every method on every task: the area and how far circuits are from the whole model. */
function tasksTable(): string {
  const runs = tasks.map(({ file }) => read<RunNumbers>(`${file}.json`));
  const cells = ({ methods, nodes }: RunNumbers, id: string) => {
    const found = methods.find(({ method }) => method === id);
    const curves = found?.curves.filter(({ order }) => order === 'absolute') ?? [];
    return [spread(found?.judged['exact-10']?.runs.aucs ?? []), curveCells(curves, nodes)[1] ?? ''];
  };
  const rows = (runs[0]?.methods ?? []).map(({ method }) => [
    nameOf(method),
    ...runs.flatMap((run) => cells(run, method)),
  ]);
  const chance = runs.flatMap(({ random, nodes }) => ['', curveCells(random.curves, nodes)[1] ?? '']);
  const titles = tasks.flatMap(({ title }) => [`${title}: AUC`, 'CMD']);
  return markdown(['', ...titles], [...rows, ['random', ...chance]]);
}

/** Areas of rankings that were made of fewer prompts: means over runs. */
function sizesTable(file: string, reference: string): string {
  const { sampled } = read<RunNumbers>(file);
  const own = sampled.filter((row) => row.reference === reference);
  const sizes = [...new Set(own.map(({ prompts }) => prompts))].toSorted((a, b) => a - b);
  const rows = [...new Set(own.map(({ method }) => method))].map((method) => [
    nameOf(method),
    ...sizes.map((size) =>
      spread(own.filter((row) => row.method === method && row.prompts === size).map(({ auc }) => auc)),
    ),
  ]);
  return markdown(['AUC, prompts of each class', ...sizes.map(String)], rows);
}

/** Trained beside untrained codes, a row for each setting that they were run with. */
function settingsTable(file: string, reference: string, title: string): string {
  const run = read<RunNumbers>(file);
  const settings = run.methods.flatMap(({ method }) => /^discrete-sae (.+)$/.exec(method)?.[1] ?? []);
  const rows = settings.map((setting, i) => [
    i === 0 ? 'as published' : `\`${setting}\``,
    ...['discrete-sae', 'untrained'].map((id) => spread(areasOf(run, `${id} ${setting}`, reference))),
  ]);
  return markdown([title, 'trained', 'untrained'], rows);
}

function benchAreas(file: string): readonly Areas[] {
  const run = read<RunNumbers>(file);
  return run.methods.map(({ method }) => ({ method, aucs: areasOf(run, method, 'exact-10') }));
}

function bars(all: readonly Areas[], ofControls: boolean): ReactElement {
  const own = all
    .filter(({ method }) => controls.has(method) === ofControls)
    .map(({ method, aucs }): IntervalBar => {
      const { mean, interval } = seedMean(aucs);
      const [low, high] = interval === null ? [null, null] : [Math.max(0, interval[0]), Math.min(1, interval[1])];
      return { name: nameOf(method), value: mean, low, high, control: ofControls };
    });
  const label = `AUC of ${ofControls ? 'controls' : 'methods'}, with 95 % intervals`;
  return <IntervalBars key={label} width={panel.width} bars={own} domain={[0, 1]} label={label} />;
}

const lines = ['discrete-sae', 'untrained', 'mean-difference', 'atp gradDrop=false', 'ig', 'patching'] as const;

function circuitChart(number: 'faithfulness' | 'kl'): ReactElement {
  const { methods, random, nodes } = read<RunNumbers>('ioi.json');
  const series = lines.flatMap((id): LineSeries[] => {
    const [curve] = methods.find(({ method }) => method === id)?.curves ?? [];
    if (curve === undefined) return [];
    return [{ name: nameOf(id), ...(id === 'untrained' ? { control: true } : {}), ...pointsOf(curve, number, nodes) }];
  });
  const draws = random.curves.map((curve) => pointsOf(curve, number, nodes));
  const x = draws[0]?.x ?? [];
  const at = x.map((_, i) => draws.map(({ y }) => y[i] ?? NaN));
  const band = { low: at.map((values) => Math.min(...values)), high: at.map((values) => Math.max(...values)) };
  const name = `${draws.length} random`;
  const chance =
    draws.length === 0 ? [] : [{ name, x, y: at.map(meanOf), ...band, colour: 'var(--ink-3)', dash: '1 3' }];
  const title = number === 'kl' ? 'KL from the whole model, nats' : 'Faithfulness f';
  return <Chart {...{ title, xTitle: 'heads kept, %', log: 'x', wrapsNames: true }} series={[...series, ...chance]} />;
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
    medianOf(seconds).toFixed(medianOf(seconds) < 10 ? 1 : 0),
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
  return markdown(titles, random.curves.length === 0 ? rows : [...rows, chance]);
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
