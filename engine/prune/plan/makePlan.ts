/** A plan: units removed one after the other by what the loss on text says, held against plans of chance. */
import type { Model } from '../../run/index.ts';
import { seededRandom } from '../../tensor/random.ts';
import type { Summary } from '../../terms/summary.ts';
import { Fault } from '../../terms/fault.ts';
import type { Samples } from '../calibration/samples.ts';
import { rises } from '../curve/pruneCurve.ts';
import type { TextScene } from '../curve/textChange.ts';
import { meanOverTokens } from '../curve/textChange.ts';
import type { HeadsByLayer } from '../surgery/headsByLayer.ts';
import type { GreedyEvent, GreedyRequest } from './greedy.ts';
import { greedy } from './greedy.ts';
import type { PlanUnit, UnitKind } from './planUnit.ts';
import { allUnits, headsOfUnits, unitKey } from './planUnit.ts';
import type { Protection } from './protectedUnits.ts';
import { protectedUnits } from './protectedUnits.ts';
import { leastDraws, randomPlans } from './randomPlans.ts';
import { removedSizes } from './removedSizes.ts';

export type Budget =
  | { readonly kind: 'heads' | 'parameters' | 'kvBytes'; readonly atMost: number }
  /** Most that the loss may rise, in nats a token. */
  | { readonly kind: 'loss'; readonly atMost: number };

export interface UnitCost extends PlanUnit {
  readonly cost: number;
}

export interface PlanRequest {
  readonly unit: UnitKind;
  /** Of every unit, by some criterion; null: the rise of the loss without it is measured. */
  readonly costs: readonly UnitCost[] | null;
  /** First to last to go; null: always the cheapest. */
  readonly order: readonly PlanUnit[] | null;
  readonly protection: Protection;
  readonly minPerLayer: number;
  readonly budget: Budget;
  readonly rescore: GreedyRequest['rescore'];
  /** At least 10. */
  readonly draws: number;
  readonly seed: number;
  readonly signal?: AbortSignal;
}

/** The text, and what its intervals are drawn over. */
export interface PlanScene {
  readonly text: TextScene;
  readonly samples: Samples;
}

/** Rise of the loss, and KL(full || pruned), over tokens. */
export interface MeanChange {
  readonly change: Summary;
  readonly kl: Summary;
}

export type PlanEvent =
  | { readonly kind: 'costs'; readonly loss: Summary; readonly costs: readonly UnitCost[] }
  | GreedyEvent
  | ({ readonly kind: 'plan'; readonly order: readonly PlanUnit[] } & MeanChange)
  | ({ readonly kind: 'random'; readonly draw: number; readonly shared: number } & MeanChange)
  | { readonly kind: 'progress'; readonly of: 'units' | 'random plans'; readonly done: number; readonly total: number };

/** Throws Fault for costs that leave units out, for fewer than 10 draws, and where no unit may go or none fits. */
export async function* makePlan(
  model: Model,
  { text: scene, samples }: PlanScene,
  request: PlanRequest,
): AsyncGenerator<PlanEvent> {
  check(model, request);
  const { signal, seed } = request;
  const full = await scene.full(signal);
  const overTokens = (rows: readonly Float64Array[]) => samples.summarise(samples.sums(rows));
  const run = new PlanRun(model, scene, request, meanOverTokens(full));
  const costs = request.costs ?? (yield* run.measuredCosts());
  yield { kind: 'costs', loss: overTokens(full), costs };
  const order: PlanUnit[] = [];
  for await (const event of greedy(run.greedyRequest(costs))) {
    if (event.kind === 'step') order.push(event.unit);
    yield event;
  }
  if (order.length === 0) throw nothingFits(request);
  const { shape } = model.family;
  const measured = async (units: readonly PlanUnit[]): Promise<MeanChange> => {
    const { loss, kl } = await scene.without(headsOfUnits(shape, request.unit, units), signal);
    return { change: overTokens(rises(loss, full)), kl: overTokens(kl) };
  };
  yield { kind: 'plan', order, ...(await measured(order)) };
  const kept = new Set(protectedUnits(shape, request.unit, request.protection).keys());
  const plans = randomPlans(shape, request.unit, order, request.draws, seededRandom(seed), kept);
  for (const [draw, plan] of plans.entries()) {
    yield { kind: 'random', draw, shared: plan.shared, ...(await measured(plan.order)) };
    yield { kind: 'progress', of: 'random plans', done: draw + 1, total: plans.length };
  }
}

class PlanRun {
  readonly #model: Model;
  readonly #scene: TextScene;
  readonly #request: PlanRequest;
  readonly #fullLoss: number;

  constructor(model: Model, scene: TextScene, request: PlanRequest, fullLoss: number) {
    this.#model = model;
    this.#scene = scene;
    this.#request = request;
    this.#fullLoss = fullLoss;
  }

  /** Rise of the loss without each unit alone. */
  async *measuredCosts(): AsyncGenerator<PlanEvent, UnitCost[]> {
    const units = allUnits(this.#model.family.shape, this.#request.unit);
    const costs: UnitCost[] = [];
    for (const unit of units) {
      costs.push({ ...unit, cost: await this.#rise([unit]) });
      yield { kind: 'progress', of: 'units', done: costs.length, total: units.length };
    }
    return costs;
  }

  greedyRequest(costs: readonly UnitCost[]): GreedyRequest {
    const { unit, order, minPerLayer, rescore, protection } = this.#request;
    const { shape } = this.#model.family;
    return {
      ...{ shape, unit, order, minPerLayer, rescore, scale: this.#request.costs === null ? 'same' : 'order' },
      costs: new Map(costs.map((known) => [unitKey(known), known.cost] as const)),
      protected: new Set(protectedUnits(shape, unit, protection).keys()),
      scorer: (candidates, removed) => this.#costsOf(candidates, removed),
      lossWithout: (removed) => this.#rise(removed),
      fits: (removed, lossChange) => this.#fits(removed, lossChange),
    };
  }

  /** Rise of the loss by each candidate, on top of what is gone. */
  async #costsOf(candidates: readonly PlanUnit[], removed: readonly PlanUnit[]): Promise<number[]> {
    const before = await this.#rise(removed);
    const costs: number[] = [];
    for (const candidate of candidates) costs.push((await this.#rise([...removed, candidate])) - before);
    return costs;
  }

  async #rise(removed: readonly PlanUnit[]): Promise<number> {
    const loss = await this.#scene.lossWithout(this.#headsOf(removed), this.#request.signal);
    return loss - this.#fullLoss;
  }

  #fits(removed: readonly PlanUnit[], lossChange: number): boolean {
    const { budget } = this.#request;
    if (budget.kind === 'loss') return lossChange <= budget.atMost;
    return removedSizes(this.#model, this.#headsOf(removed))[budget.kind] <= budget.atMost;
  }

  #headsOf(units: readonly PlanUnit[]): HeadsByLayer {
    return headsOfUnits(this.#model.family.shape, this.#request.unit, units);
  }
}

function check(model: Model, { unit, costs, draws }: PlanRequest): void {
  if (draws < leastDraws) {
    throw new Fault({ what: 'too few random plans', expected: `at least ${leastDraws}`, got: String(draws) });
  }
  const known = new Set(costs?.map(unitKey));
  const missing =
    costs === null ? undefined : allUnits(model.family.shape, unit).find((one) => !known.has(unitKey(one)));
  if (missing === undefined) return;
  throw new Fault({
    what: 'a unit without a cost',
    expected: `a value for every ${unit === 'head' ? 'head' : 'KV group'}`,
    got: `none for ${missing.index} of layer ${missing.layer}`,
  });
}

function nothingFits({ budget }: PlanRequest): Fault {
  const unit = { heads: 'heads', parameters: 'parameters', kvBytes: 'bytes a token', loss: 'nats a token' }[
    budget.kind
  ];
  return new Fault({ what: 'the budget is less than one unit', got: `${budget.atMost} ${unit}` });
}
