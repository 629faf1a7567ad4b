/** Each method held against one reference: numbers with their interval over seeds, and curves drawn over seeds. */
import type { CircuitJudged } from '../../../engine/results/circuitBench.ts';
import { clusteredMean } from '../../../engine/results/maskPoints.ts';
import type { CircuitView } from './circuitRows.ts';

type Interval = readonly [low: number, high: number];

/** Mean over seeds; the interval is null where there is one ranking alone. */
export interface SeedMean {
  readonly mean: number;
  readonly interval: Interval | null;
  /** Of the one ranking there is: over its nodes, as if they were drawn from many like them; null where there are seeds, and in older runs. */
  readonly overNodes: Interval | null;
  /** Seeds; 1 for a method that draws nothing. */
  readonly n: number;
}

export interface Judgement {
  readonly method: string;
  readonly auc: SeedMean;
  readonly pessimistic: SeedMean;
  readonly averagePrecision: SeedMean;
  readonly f1: SeedMean;
  /** Its rows that are drawn: one a seed, or the only one. */
  readonly rows: readonly CircuitJudged[];
}

/** In the order in which methods came. */
export function judgementsOf({ judged }: Pick<CircuitView, 'judged'>, reference: string): readonly Judgement[] {
  const against = judged.filter((row) => row.reference === reference);
  return [...new Set(against.map(({ method }) => method))].map((method) =>
    judgement(
      method,
      against.filter((row) => row.method === method),
    ),
  );
}

function judgement(method: string, all: readonly CircuitJudged[]): Judgement {
  const seeds = all.filter(({ seed }) => typeof seed === 'number');
  const rows = seeds.length > 0 ? seeds : all.slice(0, 1);
  const over = (pick: (row: CircuitJudged) => number) => seedMean(rows.map(pick));
  const nodes = rows.length === 1 ? rows[0]?.overNodes : undefined;
  return {
    ...{ method, rows },
    auc: { ...over(({ auc }) => auc), overNodes: nodes?.auc ?? null },
    pessimistic: { ...over(({ aucPessimistic }) => aucPessimistic), overNodes: nodes?.aucPessimistic ?? null },
    averagePrecision: { ...over((row) => row.averagePrecision), overNodes: nodes?.averagePrecision ?? null },
    f1: over(({ f1 }) => f1),
  };
}

/** 95 % interval of Student's t over seeds. */
export function seedMean(values: readonly number[]): SeedMean {
  const found = clusteredMean(values.map((value, i) => ({ value, cluster: String(i) })));
  return { mean: found?.mean ?? NaN, interval: found?.interval ?? null, overNodes: null, n: values.length };
}

export interface SeedCurve {
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** Where there are several seeds. */
  readonly low?: readonly number[];
  readonly high?: readonly number[];
}

type Points = CircuitJudged['roc'];

/** The only curve as it is; of several seeds their mean at each x with its 95 % interval, so that its area is their mean area. */
export function curveOver(curves: readonly Points[], at: (points: Points, x: number) => number): SeedCurve {
  const [first] = curves;
  if (curves.length === 1 && first !== undefined) return { x: first.map(([x]) => x), y: first.map(([, y]) => y) };
  const means = grid.map((x) => seedMean(curves.map((points) => at(points, x))));
  return {
    x: grid,
    y: means.map(({ mean }) => mean),
    low: means.map(({ mean, interval }) => interval?.[0] ?? mean),
    high: means.map(({ mean, interval }) => interval?.[1] ?? mean),
  };
}

const grid = Array.from({ length: 101 }, (_, i) => i / 100);

/** True-positive rate at a false-positive rate: straight between two thresholds (ties), the highest at a step. */
export function rocAt(points: Points, x: number): number {
  const before = points.findLast(([at]) => at <= x) ?? [0, 0];
  const after = points.find(([at]) => at > x);
  if (after === undefined || before[0] === x) return before[1];
  return before[1] + ((after[1] - before[1]) * (x - before[0])) / (after[0] - before[0]);
}

/** Precision at the first threshold that reaches this recall: between thresholds there is none to be had. */
export function precisionAt(points: Points, recall: number): number {
  return (points.find(([at]) => at >= recall) ?? points.at(-1))?.[1] ?? NaN;
}
