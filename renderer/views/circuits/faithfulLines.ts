/** How faithful circuits of growing size are: lines of methods, the band of random circuits, and the areas under them. */
import type { CircuitArea, CircuitFaithful } from '../../../engine/results/circuitBench.ts';
import type { Summary } from '../../../engine/results/records.ts';
import type { CircuitView } from './circuitRows.ts';
import { seedMean } from './judgements.ts';

export type NodeOrder = CircuitFaithful['order'];
export type CurveMeasure = 'faithfulness' | 'kl';

export const randomCircuits = 'random';

export interface FaithfulLine {
  readonly share: readonly number[];
  readonly k: readonly number[];
  readonly y: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/** Rows in this order where there are any: a method without signs has one order alone. */
function inOrder<R extends { readonly order: NodeOrder }>(rows: readonly R[], order: NodeOrder): readonly R[] {
  const wanted = rows.filter((row) => row.order === order);
  return wanted.length > 0 ? wanted : rows;
}

export function faithfulLine(
  { faithful }: Pick<CircuitView, 'faithful'>,
  method: string,
  order: NodeOrder,
  measure: CurveMeasure,
): FaithfulLine {
  const rows = inOrder(
    faithful.filter((row) => row.method === method && row.draw === null),
    order,
  );
  return lineOf(rows.map((row) => ({ ...row, value: row[measure] })));
}

interface Valued {
  readonly share: number;
  readonly k: number;
  readonly value: Pick<Summary, 'mean' | 'interval'> | null;
}

function lineOf(points: readonly Valued[]): FaithfulLine {
  const known = points.flatMap(({ share, k, value }) => (value === null ? [] : [{ share, k, value }]));
  const sorted = known.sort((a, b) => a.share - b.share);
  return {
    share: sorted.map(({ share }) => share),
    k: sorted.map(({ k }) => k),
    y: sorted.map(({ value }) => value.mean),
    low: sorted.map(({ value }) => value.interval[0]),
    high: sorted.map(({ value }) => value.interval[1]),
  };
}

export interface RandomBand extends FaithfulLine {
  readonly draws: number;
}

/** Mean of random circuits of each size, from the least to the most of them. */
export function randomBand({ faithful }: Pick<CircuitView, 'faithful'>, measure: CurveMeasure): RandomBand {
  const rows = faithful.filter(({ draw }) => draw !== null);
  const shares = [...new Set(rows.map(({ share }) => share))];
  const points = shares.flatMap((share) => {
    const same = rows.filter((row) => row.share === share);
    const means = same.flatMap((row) => row[measure]?.mean ?? []);
    if (means.length === 0) return [];
    const mean = means.reduce((sum, value) => sum + value, 0) / means.length;
    const interval = [Math.min(...means), Math.max(...means)] as const;
    return [{ share, k: same[0]?.k ?? 0, value: { mean, interval } }];
  });
  return { ...lineOf(points), draws: new Set(rows.map(({ draw }) => draw)).size };
}

export interface AreaOf {
  readonly cpr: number;
  readonly cmd: number;
  /** 95 % over prompts, of random circuits over circuits; not in older runs. */
  readonly intervals?: Readonly<Record<'cpr' | 'cmd', readonly [low: number, high: number] | null>>;
}

/** NaN until it is known, and where the ends of the metric do not differ. */
export function areaOf({ area }: Pick<CircuitView, 'area'>, method: string, order: NodeOrder): AreaOf {
  const rows = inOrder(
    area.filter((row) => row.method === method),
    order,
  );
  const mean = (values: readonly (number | null)[]) => {
    const known = values.filter((value) => value !== null);
    return known.length === 0 ? NaN : known.reduce((sum, value) => sum + value, 0) / known.length;
  };
  const areas = { cpr: mean(rows.map(({ cpr }) => cpr)), cmd: mean(rows.map(({ cmd }) => cmd)) };
  const intervals = rows.length === 1 ? rows[0]?.intervals : circuitsInterval(rows);
  return intervals === undefined ? areas : { ...areas, intervals };
}

/** 95 % of Student's t over random circuits. */
function circuitsInterval(rows: readonly CircuitArea[]): AreaOf['intervals'] {
  const over = (values: readonly (number | null)[]) => seedMean(values.filter((value) => value !== null)).interval;
  return { cpr: over(rows.map(({ cpr }) => cpr)), cmd: over(rows.map(({ cmd }) => cmd)) };
}
