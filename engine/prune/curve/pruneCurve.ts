/** Loss, divergence and task metric against how many units are gone, for a plan's order and for orders of chance. */
import type { Model } from '../../run/index.ts';
import { summarise } from '../../tasks/statistics.ts';
import { seededRandom } from '../../tensor/random.ts';
import type { Summary } from '../../terms/summary.ts';
import { Fault } from '../../terms/fault.ts';
import type { Samples } from '../calibration/samples.ts';
import type { PlanUnit, UnitKind } from '../plan/planUnit.ts';
import { headsOfUnits, unitKey } from '../plan/planUnit.ts';
import type { RandomPlan } from '../plan/randomPlans.ts';
import { leastDraws, randomPlans } from '../plan/randomPlans.ts';
import type { HeadsByLayer } from '../surgery/headsByLayer.ts';
import { requireKept } from '../surgery/headsByLayer.ts';
import type { TaskScene } from './taskChange.ts';
import type { TextChange, TextScene } from './textChange.ts';

export interface CurveRequest {
  readonly unit: UnitKind;
  /** First to last to go. */
  readonly order: readonly PlanUnit[];
  /** How many units are gone at each point, rising, at most as many as `order` has. */
  readonly points: readonly number[];
  /** Random orders beside it: 0, where only the plan is asked for, or at least 10. */
  readonly draws: number;
  /** Units that random orders leave alone, as the plan had to. */
  readonly kept?: readonly PlanUnit[];
  readonly seed: number;
  /** Points that are known already, from the first on. */
  readonly done: number;
  /** Says first what the first quarter of the text says of the first point. */
  readonly glance: boolean;
  readonly signal?: AbortSignal;
}

/** The text with what its intervals are drawn over, and the task where there is one. */
export interface CurveScene {
  readonly text: TextScene;
  readonly samples: Samples;
  /** Of the first quarter of the text alone; null where that is all of it. */
  readonly firstSamples: Samples | null;
  readonly task: TaskScene | null;
}

export interface CurvePoint {
  readonly kind: 'point';
  /** Null: the plan's own order; else which random order. */
  readonly draw: number | null;
  readonly units: number;
  readonly loss: Summary;
  /** Loss pruned minus full, paired sample by sample. */
  readonly change: Summary;
  readonly kl: Summary;
  /** The task's metric, and pruned minus full. */
  readonly metric: Summary | null;
  readonly metricChange: Summary | null;
}

export interface CurveGlance {
  readonly kind: 'glance';
  readonly units: number;
  /** Windows of text that it was measured on. */
  readonly windows: number;
  readonly change: Summary;
  readonly kl: Summary;
}

export type CurveEvent =
  | CurveGlance
  | { readonly kind: 'full'; readonly loss: Summary; readonly metric: Summary | null }
  | CurvePoint
  | { readonly kind: 'progress'; readonly done: number; readonly total: number };

/** How many points a request has. */
function pointsIn({ points, draws }: Pick<CurveRequest, 'points' | 'draws'>): number {
  return points.length * (1 + draws);
}

/**
 * The full model, the plan's points, then every draw's; before all of them the first one on the first quarter of the text, where
 * a glance is asked for. Throws Fault for points that the order has not, and for 1 to 9 draws.
 */
export async function* pruneCurve(model: Model, scene: CurveScene, request: CurveRequest): AsyncGenerator<CurveEvent> {
  check(model, request);
  const { seed, signal, done } = request;
  const sets = curveSets(model, request);
  const known = yield* glance(scene, request, sets[done]);
  const losses = await scene.text.full(signal);
  const values = scene.task === null ? null : await scene.task.without(new Map(), signal);
  const over = (list: readonly number[]) => summarise(list, seed);
  yield { kind: 'full', loss: overTokens(scene.samples, losses), metric: values === null ? null : over(values) };
  const total = pointsIn(request);
  for (const [at, { draw, units, removed }] of sets.entries()) {
    if (at < done) continue;
    const { loss, kl } = await textChange(scene, removed, losses, { known: at === done ? known : null, signal });
    const pruned = await scene.task?.without(removed, signal);
    yield {
      ...{ kind: 'point', draw, units, loss: overTokens(scene.samples, loss), kl: overTokens(scene.samples, kl) },
      change: overTokens(scene.samples, rises(loss, losses)),
      metric: pruned === undefined ? null : over(pruned),
      metricChange: pruned === undefined || values === null ? null : over(differences(pruned, values)),
    };
    yield { kind: 'progress', done: at + 1, total };
  }
}

/** What the first quarter of the text says of a set; it is not measured again for the whole text. */
async function* glance(
  { text, firstSamples }: CurveScene,
  { glance: isAsked, signal }: CurveRequest,
  set: CurveSet | undefined,
): AsyncGenerator<CurveGlance, TextChange | null> {
  if (!isAsked || firstSamples === null || set === undefined || set.removed.size === 0) return null;
  const full = await text.full(signal, 'first');
  const known = await text.without(set.removed, signal, 'first');
  const change = overTokens(firstSamples, rises(known.loss, full));
  yield {
    ...{ kind: 'glance', units: set.units, windows: full.length, change, kl: overTokens(firstSamples, known.kl) },
  };
  return known;
}

interface Knowing {
  /** Of the first quarter. */
  readonly known: TextChange | null;
  readonly signal: AbortSignal | undefined;
}

async function textChange(
  { text }: CurveScene,
  removed: HeadsByLayer,
  losses: readonly Float64Array[],
  { known, signal }: Knowing,
): Promise<TextChange> {
  if (removed.size === 0) return unchanged(losses);
  if (known === null) return text.without(removed, signal);
  const rest = await text.without(removed, signal, 'rest');
  return { loss: [...known.loss, ...rest.loss], kl: [...known.kl, ...rest.kl] };
}

function overTokens(samples: Samples, rows: readonly Float64Array[]): Summary {
  return samples.summarise(samples.sums(rows));
}

/** The random orders of a request. */
export function curveDraws(model: Model, { unit, order, draws, kept = [], seed }: CurveRequest): RandomPlan[] {
  return randomPlans(model.family.shape, unit, order, draws, seededRandom(seed), new Set(kept.map(unitKey)));
}

interface CurveSet {
  readonly draw: number | null;
  readonly units: number;
  readonly removed: HeadsByLayer;
}

function curveSets(model: Model, request: CurveRequest): CurveSet[] {
  const { unit, points, order } = request;
  const { shape } = model.family;
  const setsOf = (units: readonly PlanUnit[], draw: number | null) =>
    points.map((count) => {
      const removed = count === 0 ? new Map() : headsOfUnits(shape, unit, units.slice(0, count));
      return { draw, units: count, removed };
    });
  const random = curveDraws(model, request).flatMap((plan, draw) => setsOf(plan.order, draw));
  return [...setsOf(order, null), ...random];
}

function check(model: Model, { unit, order, points, draws, kept = [] }: CurveRequest): void {
  const { shape } = model.family;
  requireKept(shape, headsOfUnits(shape, unit, order), 0);
  const going = new Set(order.map(unitKey));
  const torn = kept.find((one) => going.has(unitKey(one)));
  if (torn !== undefined) {
    const got = `${torn.index} of layer ${torn.layer}`;
    throw new Fault({ what: 'a unit that goes and stays', expected: 'units that stay apart from the order', got });
  }
  const most = points.at(-1) ?? 0;
  if (points.length === 0 || most > order.length) {
    throw new Fault({ what: 'points of the curve', expected: `at most ${order.length} units`, got: String(most) });
  }
  if (draws === 0 || draws >= leastDraws) return;
  throw new Fault({ what: 'too few random orders', expected: `none, or at least ${leastDraws}`, got: String(draws) });
}

/** Nothing removed: the full model's own losses. */
function unchanged(losses: readonly Float64Array[]): TextChange {
  return { loss: losses, kl: losses.map((row) => new Float64Array(row.length)) };
}

/** Pruned minus full, token by token. */
export function rises(pruned: readonly Float64Array[], full: readonly Float64Array[]): Float64Array[] {
  return pruned.map((row, i) => row.map((loss, at) => loss - (full[i]?.[at] ?? NaN)));
}

function differences(pruned: readonly number[], full: readonly number[]): number[] {
  return pruned.map((value, i) => value - (full[i] ?? NaN));
}
