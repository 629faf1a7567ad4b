/** The rows of a curve as lines: the plan with its interval, random plans as a band. */
import type { EventOf } from '../../../engine/results/contract.ts';
import type { CurvePoint, PruneCurveHeader } from '../../../engine/results/pruneCurve.ts';
import type { Summary } from '../../../engine/results/records.ts';
import type { RunRow } from '../../../engine/results/runs.ts';

/** A point as far as it is known: the steps of a plan have a rise of the loss alone. */
export type ShownPoint = Pick<CurvePoint, 'draw' | 'units' | 'change' | 'metric'> & {
  readonly loss: Summary | null;
  readonly kl: Summary | null;
};

type Glance = Extract<EventOf<'pruneCurve'>, { readonly kind: 'glance' }>;

export interface CurveView {
  readonly header: PruneCurveHeader | null;
  readonly full: { readonly loss: Summary; readonly metric: Summary | null } | null;
  /** What a part of the text says, while the rest is measured. */
  readonly glance: Glance | null;
  /** As they came. */
  readonly points: readonly ShownPoint[];
}

export const noCurve: CurveView = { header: null, full: null, glance: null, points: [] };

export function curveOf(rows: readonly RunRow[]): CurveView {
  return rows.reduce((view, row) => (row.call === 'pruneCurve' ? foldCurve(view, row.event) : view), noCurve);
}

export function foldCurve(view: CurveView, event: EventOf<'pruneCurve'>): CurveView {
  switch (event.kind) {
    case 'progress':
      return view;
    case 'start':
      // A run that went on says a second time what it is.
      return { ...view, header: view.header ?? event.header };
    case 'glance':
      return { ...view, glance: event };
    case 'full':
      return { ...view, full: { loss: event.loss, metric: event.metric } };
    case 'point':
      return { ...view, points: [...view.points, event] };
  }
}

export type CurveMeasure = 'change' | 'kl' | 'metric';

export interface CurveLine {
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/** The plan, from nothing removed on; points that the slider measured are among those of the run. */
export function planLine({ full, points }: CurveView, live: readonly ShownPoint[], measure: CurveMeasure): CurveLine {
  const byUnits = new Map(
    [...points, ...live].filter(({ draw }) => draw === null).map((point) => [point.units, point[measure]] as const),
  );
  const start = measure === 'metric' ? (full?.metric ?? null) : nothingChanged;
  const all = new Map([...(start === null ? [] : [[0, start] as const]), ...byUnits]);
  const known = [...all].flatMap(([units, value]) => (value === null ? [] : [{ units, value }]));
  const sorted = known.sort((a, b) => a.units - b.units);
  return {
    x: sorted.map(({ units }) => units),
    y: sorted.map(({ value }) => value.mean),
    low: sorted.map(({ value }) => value.interval[0]),
    high: sorted.map(({ value }) => value.interval[1]),
  };
}

/** Pruned minus full where nothing is pruned, which is known without measuring. */
const nothingChanged: Pick<Summary, 'mean' | 'interval'> = { mean: 0, interval: [0, 0] };

export interface RandomPoint {
  readonly units: number;
  readonly mean: number;
  readonly least: number;
  readonly most: number;
  /** Random plans that are known. */
  readonly draws: number;
}

/** Means of random plans by how much is gone. */
export function randomPoints({ points }: CurveView, measure: CurveMeasure): readonly RandomPoint[] {
  const random = points.filter(({ draw }) => draw !== null);
  const counts = [...new Set(random.map(({ units }) => units))].sort((a, b) => a - b);
  return counts.flatMap((units) => {
    const means = random.flatMap((point) => (point.units === units ? [point[measure]?.mean ?? NaN] : []));
    const known = means.filter((mean) => !Number.isNaN(mean));
    if (known.length === 0) return [];
    const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
    return [{ units, mean, least: Math.min(...known), most: Math.max(...known), draws: known.length }];
  });
}

/** From nothing removed on, where a random plan is the full model too. */
export function randomBand(points: readonly RandomPoint[], measure: CurveMeasure): readonly RandomPoint[] {
  const [first] = points;
  if (measure === 'metric' || first === undefined || first.units === 0) return points;
  return [{ units: 0, mean: 0, least: 0, most: 0, draws: first.draws }, ...points];
}

/** The random plans nearest to so much gone. */
export function randomNear(points: readonly RandomPoint[], units: number): RandomPoint | null {
  const [nearest] = [...points].sort((a, b) => Math.abs(a.units - units) - Math.abs(b.units - units));
  return nearest ?? null;
}
