/** The numbers of a dictionary that tables show. NaN where one was not measured. */
import type { DictionaryMeasures } from '../../../engine/results/dictionaries.ts';
import { decimalsFor, formatFixed, formatNumber } from '../../marks/format.ts';

export interface MeasureColumn {
  readonly id: string;
  readonly title: string;
  /** Pixels that it needs. */
  readonly width: number;
  readonly of: (measures: DictionaryMeasures) => number;
  /** 95 % over windows of text; null where there is none, as in older files. Absent for what has none. */
  readonly interval?: (measures: DictionaryMeasures) => readonly [low: number, high: number] | null;
}

export const measureColumns: readonly MeasureColumn[] = [
  { id: 'fvu', title: 'FVU', width: 62, of: ({ unexplained }) => unexplained },
  { id: 'l0', title: 'L0', width: 50, of: ({ active }) => active },
  {
    ...{ id: 'recovered', title: 'Recovered', width: 140, of: ({ loss }) => loss?.recovered ?? NaN },
    interval: ({ loss }) => loss?.intervals?.recovered ?? null,
  },
  {
    ...{ id: 'kl', title: 'KL, nats', width: 164, of: ({ loss }) => loss?.kl ?? NaN },
    interval: ({ loss }) => loss?.intervals?.kl ?? null,
  },
  { id: 'dead', title: 'Dead', width: 50, of: ({ dead }) => dead },
  { id: 'dense', title: 'Dense', width: 54, of: ({ dense }) => dense },
];

/** What the brackets in these columns are. */
export const intervalWords = '[ ] 95 % over windows of text, of fewer than ten too narrow';

/** `0.912 [0.87, 0.94]` */
export function measureText({ of, interval }: MeasureColumn, measures: DictionaryMeasures | null): string {
  if (measures === null) return formatNumber(NaN);
  const ends = interval?.(measures) ?? null;
  const text = formatNumber(of(measures));
  return ends === null ? text : `${text} [${ends.map(endText).join(', ')}]`;
}

/** Two significant digits: an end of an interval is no surer. */
function endText(end: number): string {
  const size = Math.abs(end);
  return size > 0 && size < 1e-3 ? formatNumber(end) : formatFixed(end, Math.max(0, decimalsFor(size) - 1));
}

export const measureHead: readonly string[] = measureColumns.flatMap(({ id, interval }) =>
  interval === undefined ? [id] : [id, `${id}_low_95`, `${id}_high_95`],
);

/** Under `measureHead`. */
export function measureCells(measures: DictionaryMeasures | null): readonly (number | null)[] {
  return measureColumns.flatMap(({ of, interval }) => {
    const value = measures === null ? NaN : of(measures);
    if (interval === undefined) return [value];
    return [value, ...((measures === null ? null : interval(measures)) ?? [null, null])];
  });
}
