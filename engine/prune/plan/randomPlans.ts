/** Plans of chance to hold a plan against: as many units of each layer, in the same order of layers. */
import type { ModelShape } from '../../arch/architecture.ts';
import type { Random } from '../../tensor/random.ts';
import type { PlanUnit, UnitKind } from './planUnit.ts';
import { unitKey, unitsPerLayer } from './planUnit.ts';

export interface RandomPlan {
  /** Step i removes a unit of the layer that the plan's step i removes one of. */
  readonly order: readonly PlanUnit[];
  /** Units that the plan removes too, where a layer has too few others that may go. */
  readonly shared: number;
}

/** Fewer say nothing of the spread. */
export const leastDraws = 10;

/**
 * Drawn without repetition within a plan, from units that `order` leaves alone as long as there are any. Units that the plan had
 * to keep, `kept` by key, are kept here too, or the plan would look better than its order is.
 */
export function randomPlans(
  shape: ModelShape,
  kind: UnitKind,
  order: readonly PlanUnit[],
  draws: number,
  random: Random,
  kept: ReadonlySet<string> = new Set(),
): RandomPlan[] {
  return Array.from({ length: draws }, () => randomPlan(unitsPerLayer(shape, kind), order, random, kept));
}

function randomPlan(
  perLayer: number,
  order: readonly PlanUnit[],
  random: Random,
  kept: ReadonlySet<string>,
): RandomPlan {
  const planned = new Set(order.map(unitKey));
  const taken = new Set<string>();
  const drawn = order.map(({ layer }) => {
    const free = Array.from({ length: perLayer }, (_, index) => ({ layer, index })).filter(
      (unit) => !taken.has(unitKey(unit)) && !kept.has(unitKey(unit)),
    );
    const others = free.filter((unit) => !planned.has(unitKey(unit)));
    const from = others.length > 0 ? others : free;
    const unit = from[random.below(from.length)];
    if (unit === undefined) throw new RangeError(`layer ${layer} has fewer units than the plan removes`);
    taken.add(unitKey(unit));
    return unit;
  });
  return { order: drawn, shared: drawn.filter((unit) => planned.has(unitKey(unit))).length };
}
