/** A training as lines over steps: each dictionary one, its controls dashed beside it. */
import type { DictionaryMeasures } from '../../../engine/results/dictionaries.ts';
import type { DictionaryStepRow } from '../../../engine/results/trainDictionaries.ts';
import type { LineSeries } from '../../marks/lineChart.tsx';
import type { TrainEntry, TrainRows } from './trainRows.ts';
import { entryTitle, firstStep } from './trainRows.ts';

export type TrainNumber = 'loss' | 'unexplained' | 'active' | 'dead' | 'recovered';
type StepOf = DictionaryStepRow['dictionaries'][number];

export interface TrainChart {
  readonly number: TrainNumber;
  readonly title: string;
  readonly unit: string;
  readonly series: readonly LineSeries[];
}

interface NumberKind {
  readonly title: string;
  readonly unit: string;
  /** On the batch of a step; null: it is only measured on held-out rows. */
  readonly step: ((row: StepOf) => number) | null;
  /** On held-out rows; null: only the batch has it. */
  readonly measured: ((row: DictionaryMeasures) => number | null) | null;
}

const numbers: Readonly<Record<TrainNumber, NumberKind>> = {
  loss: { title: 'Loss', unit: 'on the batch', step: ({ loss }) => loss, measured: null },
  unexplained: {
    ...{ title: 'Fraction of variance unexplained', unit: 'batch; controls on held-out rows' },
    ...{ step: (row) => row.unexplained, measured: (row) => row.unexplained },
  },
  active: {
    ...{ title: 'L0', unit: 'active features a row' },
    ...{ step: (row) => row.active, measured: (row) => row.active },
  },
  dead: {
    ...{ title: 'Dead features', unit: 'not active within the window' },
    ...{ step: (row) => row.dead, measured: (row) => row.dead },
  },
  recovered: {
    ...{ title: 'Loss recovered', unit: '1: as the model, 0: as with zero there' },
    ...{ step: null, measured: (row) => row.loss?.recovered ?? null },
  },
};

/** Points of a line at most: more than there are pixels say nothing. */
const POINTS = 400;

export interface LineLooks {
  /** Before every name. */
  readonly prefix: string;
  /** Colours of series that others have. */
  readonly from: number;
}

const plain: LineLooks = { prefix: '', from: 0 };
/** Controls are grey; which one it is tell its dashes. */
const dashes = ['4 3', '1 3', '8 3', '8 3 1 3', '14 4', '2 2'];

/** Those that there are numbers of. `hidden` are names of dictionaries, whose controls are hidden with them. */
export function trainCharts(rows: TrainRows, hidden: readonly string[], looks = plain): readonly TrainChart[] {
  const entries = shownEntries(rows, hidden);
  const trained = rows.header.dictionaries.filter(({ control }) => control === null);
  const controls = controlIds(rows);
  return (Object.keys(numbers) as TrainNumber[]).flatMap((number) => {
    const { title, unit } = numbers[number];
    const series = entries.flatMap((entry) => {
      const line = lineOf(rows, entry, number);
      if (line === null) return [];
      const name = `${looks.prefix}${entryTitle(entry, trained.length === 1)}`;
      return [{ name, ...line, ...lookOf(entry, trained.indexOf(entry) + looks.from, controls) }];
    });
    return series.length === 0 ? [] : [{ number, title, unit, series }];
  });
}

function lookOf({ control }: TrainEntry, at: number, controls: readonly string[]) {
  if (control === null) return { colour: seriesColour(at) };
  return { control: true, dash: controlDash(controls.indexOf(control.id)) };
}

/** In the order in which they have their dashes. */
export function controlIds({ header: { dictionaries } }: TrainRows): readonly string[] {
  return [...new Set(dictionaries.flatMap(({ control }) => (control === null ? [] : [control.id])))];
}

export function controlDash(at: number): string {
  return dashes[at % dashes.length] ?? '4 3';
}

export function seriesColour(at: number): string {
  return `var(--series-${(at % 6) + 1})`;
}

/** Dictionaries first, then their controls. */
function shownEntries({ header: { dictionaries } }: TrainRows, hidden: readonly string[]): readonly TrainEntry[] {
  const shown = dictionaries.filter(({ name, control }) => !hidden.includes(control?.of ?? name));
  return [...shown.filter(({ control }) => control === null), ...shown.filter(({ control }) => control !== null)];
}

type Line = Pick<LineSeries, 'x' | 'y'>;

function lineOf(rows: TrainRows, entry: TrainEntry, number: TrainNumber): Line | null {
  const { step, measured } = numbers[number];
  return (step === null ? null : stepLine(rows, entry.name, step)) ?? measuredLine(rows, entry, measured);
}

function stepLine({ steps }: TrainRows, name: string, of: (row: StepOf) => number): Line | null {
  const points = steps.flatMap(({ step, dictionaries }) => {
    const own = dictionaries.find((one) => one.name === name);
    return own === undefined ? [] : [[step, of(own)] as const];
  });
  const kept = thinned(points, POINTS);
  return kept.length === 0 ? null : { x: kept.map(([x]) => x), y: kept.map(([, y]) => y) };
}

/** A control that was measured once is a level through the whole training. */
function measuredLine(rows: TrainRows, { name, control }: TrainEntry, of: NumberKind['measured']): Line | null {
  const { measured, header } = rows;
  const points = (measured.get(name) ?? []).map(({ step, measures }) => [step, of?.(measures) ?? NaN] as const);
  if (points.every(([, y]) => Number.isNaN(y))) return null;
  const [only] = points;
  if (control !== null && points.length === 1 && only !== undefined) {
    return { x: [firstStep(rows), header.steps], y: [only[1], only[1]] };
  }
  return { x: points.map(([x]) => x), y: points.map(([, y]) => y) };
}

/** Of each stretch its least and its greatest point, in order, so that no spike is lost. */
export function thinned(points: readonly (readonly [x: number, y: number])[], most: number) {
  if (points.length <= most) return points;
  const stretch = Math.ceil((2 * points.length) / most);
  const kept: (readonly [number, number])[] = [];
  for (let from = 0; from < points.length; from += stretch) {
    const part = points.slice(from, from + stretch).sort((a, b) => a[1] - b[1]);
    const ends = [part[0], part.at(-1)].flatMap((point) => (point === undefined ? [] : [point]));
    kept.push(...[...new Set(ends)].sort((a, b) => a[0] - b[0]));
  }
  return kept;
}
