/** The rows of a plan as far as it came: its order, what each step cost, and what random plans cost. */
import type { EventOf } from '../../../engine/results/contract.ts';
import type { Summary } from '../../../engine/results/records.ts';
import type { RunRow } from '../../../engine/results/runs.ts';
import type { CurveView, ShownPoint } from './curveFold.ts';
import { noCurve } from './curveFold.ts';

type Row<K extends EventOf<'prunePlan'>['kind']> = Extract<EventOf<'prunePlan'>, { readonly kind: K }>;

export interface PlanView {
  readonly header: Row<'start'>['header'] | null;
  /** What each unit costs alone, and the full model's loss. */
  readonly costs: Row<'costs'> | null;
  readonly steps: readonly Row<'step'>[];
  /** The whole plan against the full model; null until it is measured. */
  readonly whole: Row<'plan'> | null;
  readonly random: readonly Row<'random'>[];
}

const noPlan: PlanView = { header: null, costs: null, steps: [], whole: null, random: [] };

export function planOf(rows: readonly RunRow[]): PlanView {
  return rows.reduce((view, row) => (row.call === 'prunePlan' ? foldPlan(view, row.event) : view), noPlan);
}

function foldPlan(view: PlanView, event: EventOf<'prunePlan'>): PlanView {
  switch (event.kind) {
    case 'start':
      return { ...view, header: event.header };
    case 'costs':
      return { ...view, costs: event };
    case 'step':
      return { ...view, steps: [...view.steps, event] };
    case 'plan':
      return { ...view, whole: event };
    case 'random':
      return { ...view, random: [...view.random, event] };
    case 'progress':
    case 'rescored':
      return view;
  }
}

/** Its steps as a line, its end with an interval, and the random plans at that end. */
export function curveOfPlan({ costs, steps, whole, random }: PlanView): CurveView {
  const end = whole === null ? [] : [endPoint(null, whole.units, whole)];
  return {
    ...noCurve,
    full: costs === null ? null : { loss: costs.loss, metric: null },
    points: [
      ...steps.map(({ step, cumulative }) => stepPoint(step + 1, cumulative, costs?.loss.n ?? 1)),
      ...end,
      ...random.map((one) => endPoint(one.draw, steps.length, one)),
    ],
  };
}

/** The greedy search measures the mean alone. */
function stepPoint(units: number, mean: number, n: number): ShownPoint {
  const change: Summary = { mean, standardError: NaN, interval: [NaN, NaN], n };
  return { draw: null, units, change, loss: null, kl: null, metric: null };
}

function endPoint(draw: number | null, units: number, { change, kl }: Pick<Row<'plan'>, 'change' | 'kl'>): ShownPoint {
  return { draw, units, change, kl, loss: null, metric: null };
}

export interface PlanEvidence {
  readonly change: Summary;
  readonly least: number;
  readonly most: number;
  /** Random plans that cost more, of how many. */
  readonly worse: number;
  readonly draws: number;
  /** Most units that a random plan has in common with this one. */
  readonly shared: number;
}

/** Null until the whole plan and a random one are measured. */
export function evidenceOf({ whole, random }: PlanView): PlanEvidence | null {
  if (whole === null || random.length === 0) return null;
  const means = random.map(({ change }) => change.mean);
  return {
    ...{ change: whole.change, least: Math.min(...means), most: Math.max(...means), draws: means.length },
    worse: means.filter((mean) => mean > whole.change.mean).length,
    shared: Math.max(...random.map(({ shared }) => shared)),
  };
}
