/** The figures of docs/findings/dictionaries-on-heads, drawn from the files beside them by the workbench's own drawings. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ReactElement } from 'react';
import type { IntervalBar } from '../../../renderer/marks/intervalBars.tsx';
import { IntervalBars } from '../../../renderer/marks/intervalBars.tsx';
import type { LineSeries } from '../../../renderer/marks/lineChart.tsx';
import { LineChart } from '../../../renderer/marks/lineChart.tsx';
import { figure, panel } from './figure.tsx';

export const dictionariesFolder = join(import.meta.dirname, '../../../docs/findings/dictionaries-on-heads');

/** What is read of each file; the files hold more. */
interface Trained {
  readonly table: readonly TrainedRow[];
  readonly stability: readonly { readonly name: string; readonly meanCosine: number }[];
}
interface TrainedRow {
  readonly name: string;
  readonly reads: string;
  readonly variant: string;
  /** Of a control: the dictionary that it stands beside. */
  readonly of: string | null;
  readonly unexplained: number;
  readonly active: number;
}
interface Axes {
  readonly axes: readonly {
    readonly measure: string;
    readonly attribute: string;
    readonly values: Readonly<Record<string, number>>;
  }[];
}
interface Tree {
  readonly table: readonly {
    readonly cosine: number;
    readonly name: string;
    readonly match: number;
    readonly absorption: number;
  }[];
}

function read<T>(name: string): T {
  return JSON.parse(readFileSync(join(dictionariesFolder, name), 'utf8')) as T;
}

/** Name of the file beside the page, and what stands in it. */
export const dictionaryFigures: readonly (readonly [name: string, draw: () => string])[] = [
  [
    'heads.svg',
    () =>
      figure([
        [unexplained('L2H1'), unexplained('L17H3')],
        [unexplained('L18H6'), agreement()],
      ]),
  ],
  ['ioi.svg', () => figure([[edits(), values()]])],
  ['tree.svg', () => figure([0, 0.3].map((cosine) => [tree(cosine, 'match'), tree(cosine, 'absorption')]))],
];

const budgets = [3, 6, 12, 24] as const;

interface Line {
  readonly name: string;
  readonly variant: string;
  /** Of a control: of which kind the dictionaries are that it stands beside. */
  readonly of: string | null;
  readonly style: Pick<LineSeries, 'colour' | 'dash'>;
}

const lines: readonly Line[] = [
  { name: 'MP', variant: 'matchingPursuit', of: null, style: { colour: 'var(--series-1)' } },
  { name: 'TopK', variant: 'topK', of: null, style: { colour: 'var(--series-2)' } },
  { name: 'PCA', variant: 'pca', of: 'topK', style: { colour: 'var(--series-3)', dash: '5 3' } },
  {
    name: 'untrained MP',
    variant: 'untrained',
    of: 'matchingPursuit',
    style: { colour: 'var(--series-5)', dash: '2 2' },
  },
  { name: 'random', variant: 'randomDirections', of: 'topK', style: { colour: 'var(--series-4)', dash: '2 2' } },
];

/** Against the L0 that was measured; bands from the least to the most of the seeds. */
function unexplained(head: string): ReactElement {
  const { table } = read<Trained>('heads.json');
  const series = lines.map(({ name, variant, of, style }): LineSeries => {
    const points = budgets.map((k) =>
      table.filter(
        (row) => row.variant === variant && (row.of ?? row.name).startsWith(`${head}.z-${of ?? variant}-k${k}-`),
      ),
    );
    const all = points.map((rows) => rows.map((row) => row.unexplained));
    return {
      ...{ name, ...style, x: points.map((rows) => meanOf(rows.map(({ active }) => active))), y: all.map(meanOf) },
      ...{ low: all.map((found) => Math.min(...found)), high: all.map((found) => Math.max(...found)) },
    };
  });
  const title = `${head}: variance unexplained`;
  return <LineChart {...panel} {...{ title, series, label: title, xTitle: 'L0', log: 'both', yDomain: [0.001, 2] }} />;
}

/** How far features of two seeds are the same, on the mean over three heads. */
function agreement(): ReactElement {
  const { stability } = read<Trained>('heads.json');
  const kinds = [
    { name: 'MP', end: '', of: 'matchingPursuit', style: { colour: 'var(--series-1)' } },
    { name: 'TopK', end: '', of: 'topK', style: { colour: 'var(--series-2)' } },
    { name: 'untrained TopK', end: '.untrained', of: 'topK', style: { colour: 'var(--series-5)', dash: '2 2' } },
  ];
  const series = kinds.map(({ name, end, of, style }): LineSeries => {
    const y = budgets.map((k) =>
      meanOf(stability.filter((row) => row.name.endsWith(`.z-${of}-k${k}${end}`)).map(({ meanCosine }) => meanCosine)),
    );
    return { name, ...style, x: budgets, y };
  });
  const title = 'Cosine of matched features of two seeds';
  return <LineChart {...panel} {...{ title, series, label: title, xTitle: 'k', log: 'x', yDomain: [0, 1] }} />;
}

const found = [
  ['supervised', 'supervised, z of L1H0'],
  ['MP', 'L1H0.z-matchingPursuit'],
  ['TopK', 'L1H0.z-topK'],
  ['PCA', 'L1H0.z-topK.pca'],
  ['untrained MP', 'L1H0.z-matchingPursuit.untrained'],
  ['untrained TopK', 'L1H0.z-topK.untrained'],
  ['frozen decoder, TopK', 'L1H0.z-topK.frozenDecoder'],
  ['random directions', 'L1H0.z-topK.randomDirections'],
] as const;

/** Those that are in the other figures have the same colours there. */
const editStyles: Readonly<Record<string, Pick<LineSeries, 'colour' | 'dash'>>> = {
  supervised: { colour: 'var(--series-6)' },
  MP: { colour: 'var(--series-1)' },
  TopK: { colour: 'var(--series-2)' },
  PCA: { colour: 'var(--series-3)', dash: '5 3' },
  'untrained MP': { colour: 'var(--series-5)', dash: '2 2' },
  'untrained TopK': { colour: 'var(--series-4)', dash: '2 2' },
};

/** What of a change of the S name few features bring about. */
function edits(): ReactElement {
  const { axes } = read<Axes>('ioi.json');
  const at = [2, 4, 8, 16];
  const shown = found.filter(([name]) => !name.startsWith('frozen') && !name.startsWith('random'));
  const series = shown.map(([name, key]): LineSeries => {
    const y = at.map((k) => valueOf(axes, `edit success at ${k} features`, 'S name', key));
    return { name, x: at, y, ...editStyles[name] };
  });
  const title = 'S name changed: share of the effect';
  return (
    <LineChart
      {...panel}
      {...{ title, series, label: title, xTitle: 'features changed', log: 'x', yDomain: [0, 1] }}
      wrapsNames
    />
  );
}

/** How well the best feature stands for a value of the S name. */
function values(): ReactElement {
  const { axes } = read<Axes>('ioi.json');
  const bars = found.map(([name, key], i): IntervalBar => ({
    ...{ name, value: valueOf(axes, 'best F1 of a value', 'S name', key), low: null, high: null, control: i > 2 },
  }));
  return <Bars title="S name: F1 of the best feature of each value" bars={bars} />;
}

function valueOf(axes: Axes['axes'], measure: string, attribute: string, name: string): number {
  return axes.find((row) => row.measure === measure && row.attribute === attribute)?.values[name] ?? NaN;
}

/** The mean over seeds, and the least and the most. */
function tree(cosine: number, measure: 'match' | 'absorption'): ReactElement {
  const rows = read<Tree>('tree.json').table.filter((row) => row.cosine === cosine);
  const bars = [...new Set(rows.map(({ name }) => name))].map((name): IntervalBar => {
    const of = rows.filter((row) => row.name === name).map((row) => row[measure]);
    return { name, value: meanOf(of), low: Math.min(...of), high: Math.max(...of), control: name === 'random' };
  });
  const title = measure === 'match' ? 'match: cosine of concepts and atoms' : 'absorption: cosine of child and parent';
  return <Bars title={`Cosine ${cosine} within a level, ${title}`} bars={bars} />;
}

const titleHeight = 26;

function Bars({ title, bars }: { readonly title: string; readonly bars: readonly IntervalBar[] }): ReactElement {
  return (
    <g>
      <text className="mark-title" y={14} fill="var(--ink)">
        {title}
      </text>
      <g transform={`translate(0,${titleHeight})`}>
        <IntervalBars width={panel.width} bars={bars} domain={[0, 1]} label={title} />
      </g>
    </g>
  );
}

function meanOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
}
