/**
 * Which units go, one after the other: the one whose removal costs least, the costs of the cheapest measured anew as others
 * go, because heads stand in for each other.
 */
import type { ModelShape } from '../../arch/architecture.ts';
import { Fault } from '../../terms/fault.ts';
import type { PlanUnit, UnitKind } from './planUnit.ts';
import { allUnits, unitKey } from './planUnit.ts';

export interface GreedyRequest {
  readonly shape: ModelShape;
  readonly unit: UnitKind;
  /** Cost of removing each unit alone, in any unit of measure. */
  readonly costs: ReadonlyMap<string, number>;
  /** Keys of units that stay. */
  readonly protected: ReadonlySet<string>;
  /** Units of a layer that stay at least. */
  readonly minPerLayer: number;
  /** The cheapest `share` of what is left is measured anew after every `every` removals; null: never. */
  readonly rescore: { readonly every: number; readonly share: number } | null;
  /** First to last to go where that is known already; null: always the cheapest. */
  readonly order: readonly PlanUnit[] | null;
  /**
   * What the scorer's costs mean beside `costs`. `same`: the same measure, they replace them. `order`: another one, the units
   * exchange their costs among themselves, so that they stand in the scorer's order.
   */
  readonly scale: 'same' | 'order';
  /** Costs of removing each of `candidates` where `removed` are gone already. */
  scorer(candidates: readonly PlanUnit[], removed: readonly PlanUnit[]): Promise<readonly number[]>;
  /** Change of the loss (pruned minus full) with these removed, in nats a token. */
  lossWithout(removed: readonly PlanUnit[]): Promise<number>;
  /** May these go? Asked before each step with one unit more. */
  fits(removed: readonly PlanUnit[], lossChange: number): boolean;
}

export type GreedyEvent =
  | {
      readonly kind: 'step';
      readonly step: number;
      readonly unit: PlanUnit;
      /** By which it was chosen. */
      readonly cost: number;
      /** Change of the loss by this step, and by all steps so far. */
      readonly delta: number;
      readonly cumulative: number;
    }
  | {
      readonly kind: 'rescored';
      readonly step: number;
      readonly costs: readonly (PlanUnit & { readonly cost: number })[];
    }
  | { readonly kind: 'stopped'; readonly why: 'budget' | 'minimum' | 'order' };

/** Ends where the next unit would not fit. Throws Fault where no unit may go at all, and for an order with one that may not. */
export async function* greedy(request: GreedyRequest): AsyncGenerator<GreedyEvent> {
  const costs = new Map(request.costs);
  const removed: PlanUnit[] = [];
  let cumulative = 0;
  for (let step = 0; ; step++) {
    const next = nextOf(request, costs, removed);
    if (next === undefined) {
      if (step === 0) throw nothingMayGo(request);
      return yield { kind: 'stopped', why: request.order === null ? 'minimum' : 'order' };
    }
    const lossChange = await request.lossWithout([...removed, next]);
    if (!request.fits([...removed, next], lossChange)) return yield { kind: 'stopped', why: 'budget' };
    removed.push(next);
    yield {
      kind: 'step',
      step,
      unit: next,
      cost: costOf(costs, next),
      delta: lossChange - cumulative,
      cumulative: lossChange,
    };
    cumulative = lossChange;
    if (request.order === null && request.rescore !== null && removed.length % request.rescore.every === 0) {
      const again = await rescored(request, costs, removed);
      if (again.length > 0) yield { kind: 'rescored', step, costs: again };
    }
  }
}

function nextOf(
  request: GreedyRequest,
  costs: ReadonlyMap<string, number>,
  removed: readonly PlanUnit[],
): PlanUnit | undefined {
  const may = cheapest(request, costs, removed);
  if (request.order === null) return may[0];
  const next = request.order[removed.length];
  if (next === undefined || may.some((unit) => unitKey(unit) === unitKey(next))) return next;
  throw new Fault({
    what: 'a unit of the order may not go',
    where: `step ${removed.length + 1}`,
    expected: `a unit that is there, not protected, in a layer with more than ${request.minPerLayer}`,
    got: `${next.index} of layer ${next.layer}`,
  });
}

/** Units that may go, the cheapest first; ties in the order of the model. */
function cheapest(
  request: GreedyRequest,
  costs: ReadonlyMap<string, number>,
  removed: readonly PlanUnit[],
): PlanUnit[] {
  const { shape, unit: kind, minPerLayer } = request;
  const gone = new Set(removed.map(unitKey));
  const left = allUnits(shape, kind).filter((unit) => !gone.has(unitKey(unit)));
  const inLayer = (layer: number) => left.filter((unit) => unit.layer === layer).length;
  return left
    .filter((unit) => !request.protected.has(unitKey(unit)) && inLayer(unit.layer) > minPerLayer)
    .sort((a, b) => costOf(costs, a) - costOf(costs, b));
}

async function rescored(request: GreedyRequest, costs: Map<string, number>, removed: readonly PlanUnit[]) {
  const left = cheapest(request, costs, removed);
  const again = left.slice(0, Math.ceil(left.length * (request.rescore?.share ?? 0)));
  const measured = again.length === 0 ? [] : await request.scorer(again, removed);
  if (measured.length !== again.length) throw new RangeError('the scorer gave another number of costs');
  const known = again.map((unit) => costOf(costs, unit));
  const fresh = request.scale === 'same' ? measured : exchanged(known, measured);
  return again.map((unit, i) => {
    const cost = fresh[i] ?? NaN;
    costs.set(unitKey(unit), cost);
    return { ...unit, cost };
  });
}

/** The rising `known` values, in the order of `measured`. */
function exchanged(known: readonly number[], measured: readonly number[]): number[] {
  const order = measured.map((_, i) => i).sort((a, b) => (measured[a] ?? 0) - (measured[b] ?? 0));
  const out = [...known];
  order.forEach((at, rank) => (out[at] = known[rank] ?? NaN));
  return out;
}

function costOf(costs: ReadonlyMap<string, number>, unit: PlanUnit): number {
  const cost = costs.get(unitKey(unit));
  if (cost === undefined) throw new RangeError(`unit ${unitKey(unit)} has no cost`);
  return cost;
}

function nothingMayGo({ minPerLayer, unit, protected: kept }: GreedyRequest): Fault {
  return new Fault({
    what: 'no unit may be removed',
    expected: 'a unit that is not protected, in a layer with more than the minimum',
    got: `${kept.size} protected, at least ${minPerLayer} ${unit === 'head' ? 'heads' : 'KV groups'} kept in each layer`,
  });
}
