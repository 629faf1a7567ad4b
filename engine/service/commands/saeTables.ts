/** What a training of dictionaries says on a terminal. */
import type { DictionaryCard } from '../../results/dictionaries.ts';
import type { EventOf, RequestOf, ResultOf } from '../../results/index.ts';
import type { DictionaryStepRow } from '../../results/trainDictionaries.ts';
import type { Column } from '../table.ts';
import { count, formatTable } from '../table.ts';

type Event = EventOf<'trainDictionaries'>;
export type Measured = Extract<Event, { kind: 'measured' }>;
export type Start = Extract<Event, { kind: 'start' }>;

export interface Trained {
  readonly header: Start['header'];
  /** The last of each dictionary and control. */
  readonly measured: readonly Measured[];
  readonly result: ResultOf<'trainDictionaries'>;
}

export function startLine({ header, resumedAt }: Start): string {
  const { dictionaries, rows, notes } = header;
  const trained = dictionaries.filter(({ control }) => control === null);
  const from = resumedAt === null ? '' : `, going on after step ${resumedAt}`;
  const on = `${count(rows.total)} rows of ${rows.source}, ${count(rows.heldOut)} more held out`;
  const what = trained.length === 1 ? `${trained[0]?.name}: ${trained[0]?.reads}` : `${trained.length} dictionaries`;
  return [`${what}, ${on}${from}`, ...notes].join('\n');
}

/** `learning rate 0.0036`: what was asked for, or what is usual. */
export function ratesLine({ dictionaries }: Pick<RequestOf<'trainDictionaries'>, 'dictionaries'>): string {
  const rates = [...new Set(dictionaries.map(({ learningRate }) => learningRate))];
  return `learning rate ${rates.join(', ')}`;
}

/** On one line: the mean of all. */
export function statusOf({ dictionaries }: DictionaryStepRow): string {
  const mean = (of: (one: DictionaryStepRow['dictionaries'][number]) => number) =>
    dictionaries.reduce((sum, one) => sum + of(one), 0) / Math.max(1, dictionaries.length);
  const [loss, fvu] = [mean((one) => one.loss), mean(({ unexplained }) => unexplained)];
  const [active, dead] = [mean((one) => one.active), mean((one) => one.dead)];
  return `training (loss ${number(loss)}, FVU ${number(fvu)}, L0 ${active.toFixed(1)}, dead ${dead.toFixed(0)})`;
}

export function stepLine({ step, dictionaries, seconds }: DictionaryStepRow): string {
  const columns: Column[] = [
    { title: `step ${step}, ${seconds.toFixed(0)} s` },
    ...['loss', 'FVU', 'L0', 'dead', 'rate'].map((title) => ({ title, align: 'right' as const })),
  ];
  const rows = dictionaries.map(({ name, loss, unexplained, active, dead, learningRate }) => {
    return [name, number(loss), number(unexplained), active.toFixed(1), String(dead), learningRate.toExponential(1)];
  });
  return formatTable(columns, rows).trimEnd();
}

/** Each dictionary on held-out rows, with its controls below it. */
export function trainedTable({ header, result }: Trained): string {
  const columns: Column[] = [
    { title: 'dictionary' },
    ...['FVU', 'L0', 'dead', 'features', 'loss recovered'].map((title) => ({ title, align: 'right' as const })),
  ];
  const cards = new Map(result.dictionaries.map((card) => [card.name, card] as const));
  const rows = header.dictionaries.flatMap(({ name, control }) => {
    const card = cards.get(name);
    return card === undefined ? [] : [[control === null ? name : `  ${control.id}`, ...cells(card)]];
  });
  const { seconds, modelSeconds } = result;
  const took = `${seconds.toFixed(1)} s, ${modelSeconds.toFixed(1)} s of them running the model`;
  const windows = [...cards.values()].find(({ measures }) => measures?.loss?.intervals)?.measures?.loss?.intervals
    ?.windows;
  const over = windows === undefined ? '' : `[low, high]: 95 % over ${windows} windows, of fewer than ten too narrow\n`;
  return `\n${formatTable(columns, rows)}${over}${took}\n`;
}

function cells({ measures, features }: DictionaryCard): string[] {
  if (measures === null) return ['', '', '', String(features), ''];
  const { unexplained, active, dead, loss } = measures;
  const recovered = loss?.recovered ?? null;
  return [
    ...[number(unexplained), active.toFixed(1), String(dead), String(features)],
    recovered === null ? '' : `${(100 * recovered).toFixed(1)} %${percentEnds(loss?.intervals?.recovered ?? null)}`,
  ];
}

/** ` [88.0, 93.9]` */
function percentEnds(interval: readonly [number, number] | null): string {
  return interval === null ? '' : ` [${interval.map((end) => (100 * end).toFixed(1)).join(', ')}]`;
}

function number(value: number): string {
  return Math.abs(value) >= 1000 ? value.toExponential(2) : value.toPrecision(3);
}
