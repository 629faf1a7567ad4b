/** Plans which units go, one after the other, and holds the plan against chance. */
import { Samples } from '../../prune/calibration/samples.ts';
import { TextScene } from '../../prune/curve/textChange.ts';
import { legalityOf } from '../../prune/plan/legality.ts';
import type { PlanEvent, PlanRequest, UnitCost } from '../../prune/plan/makePlan.ts';
import { makePlan } from '../../prune/plan/makePlan.ts';
import type { PlanUnit } from '../../prune/plan/planUnit.ts';
import { allUnits, headsOfUnits, unitKey } from '../../prune/plan/planUnit.ts';
import { protectedUnits } from '../../prune/plan/protectedUnits.ts';
import { removedSizes } from '../../prune/plan/removedSizes.ts';
import { tensorSlices } from '../../prune/plan/tensorSlices.ts';
import { emptyGroups, keptHeads } from '../../prune/surgery/headsByLayer.ts';
import { usedTensors } from '../../arch/checkWeights.ts';
import { valueCount } from '../../files/storedTypes.ts';
import type { EventOf, RequestOf, ResultOf, Service } from '../../results/index.ts';
import { lossRise } from '../../results/prunePlan.ts';
import type { Model } from '../../run/index.ts';
import type { ModelSource } from '../openModels.ts';
import { calibrationOf, windowsOf } from './calibration.ts';
import { numbersOf, requireFinite } from './finite.ts';
import { textHeader } from './textHeader.ts';

type Request = RequestOf<'prunePlan'>;
type Event = EventOf<'prunePlan'>;

export function prunePlanCall(models: ModelSource): Service['prunePlan'] {
  return async function* plan(request, { signal }) {
    const started = performance.now();
    const { model, release } = await models.lease(request, signal);
    try {
      const text = calibrationOf(model, request.texts, request.seed);
      const windows = windowsOf(text, request.texts);
      const scene = { text: new TextScene(model, windows.rows), samples: new Samples(text, request.seed) };
      const units = allUnits(model.family.shape, request.unit).length;
      yield { kind: 'start', header: textHeader(model, windows, request.seed, units) };
      const order: PlanUnit[] = [];
      let stopped: ResultOf<'prunePlan'>['stopped'] = 'budget';
      for await (const event of makePlan(model, scene, askedOf(request, signal))) {
        await requireFinite(model, 'loss of a pruned model', numbersIn(event), signal);
        if (event.kind === 'step') order.push(event.unit);
        if (event.kind === 'stopped') stopped = event.why;
        else yield toEvent(event, request);
      }
      const seconds = (performance.now() - started) / 1000;
      return {
        ...resultOf(model, request, order),
        stopped,
        seconds,
        warnings: windows.note === null ? [] : [windows.note],
      };
    } finally {
      release();
    }
  };
}

function askedOf(request: Request, signal: AbortSignal): PlanRequest {
  const { unit, costs, order = null, protect, minPerLayer, budget, rescore, draws, seed } = request;
  return {
    ...{ unit, order, protection: protect, minPerLayer, budget, rescore, draws, seed, signal },
    costs: costs?.values.map(({ value, ...place }) => ({ ...place, cost: value })) ?? null,
  };
}

function toEvent(event: Exclude<PlanEvent, { kind: 'stopped' }>, { costs }: Request): Event {
  switch (event.kind) {
    case 'costs': {
      const { name, family } = costs ?? ({ name: lossRise, family: 'causal' } as const);
      return { kind: 'costs', name, family, loss: event.loss, costs: valuesOf(event.costs) };
    }
    case 'rescored':
      return { kind: 'rescored', step: event.step, costs: valuesOf(event.costs) };
    case 'step': {
      const { unit, ...rest } = event;
      return { ...rest, ...unit };
    }
    case 'plan':
      return { kind: 'plan', units: event.order.length, change: event.change, kl: event.kl };
    case 'random':
    case 'progress':
      return event;
  }
}

function valuesOf(costs: readonly UnitCost[]) {
  return costs.map(({ cost, layer, index }) => ({ layer, index, value: cost }));
}

function resultOf(
  model: Model,
  { unit, protect, minPerLayer, rescore, budget, seed }: Request,
  order: readonly PlanUnit[],
): Omit<ResultOf<'prunePlan'>, 'stopped' | 'seconds' | 'warnings'> {
  const { architecture, family, files } = model;
  const { shape } = family;
  const removed = headsOfUnits(shape, unit, order);
  const layers = Array.from({ length: shape.layers }, (_, layer) => layer);
  const reasons = protectedUnits(shape, unit, protect);
  const shielded = allUnits(shape, unit).flatMap((one) => {
    const reason = reasons.get(unitKey(one));
    return reason === undefined ? [] : [{ ...one, reason }];
  });
  return {
    ...{ unit, minPerLayer, rescoredEvery: rescore?.every ?? null, protected: shielded, budget, seed },
    heads: layers.map((layer) => removed.get(layer) ?? []),
    kvGroups: layers.map((layer) => emptyGroups(shape, removed, layer)),
    keep: layers.map((layer) => keptHeads(shape, removed, layer)),
    legal: legalityOf({ architecture, family, config: files.config }, removed),
    slices: tensorSlices(model, removed),
    ...sizesOf(model, removed),
  };
}

function sizesOf(model: Model, removed: Parameters<typeof removedSizes>[1]) {
  const { family, files } = model;
  const { layers, kvHeads, headWidth } = family.shape;
  const used = [...usedTensors(family, files.tensors).values()];
  const parameters = used.reduce((total, { shape }) => total + valueCount(shape), 0);
  const kvBytesPerToken = 2 * 4 * layers * kvHeads * headWidth;
  const gone = removedSizes(model, removed);
  return {
    before: { parameters, kvBytesPerToken },
    after: { parameters: parameters - gone.parameters, kvBytesPerToken: kvBytesPerToken - gone.kvBytes },
  };
}

function numbersIn(event: PlanEvent): readonly number[] {
  switch (event.kind) {
    case 'costs':
      return [...numbersOf([event.loss]), ...event.costs.map(({ cost }) => cost)];
    case 'step':
      return [event.cost, event.cumulative];
    case 'plan':
    case 'random':
      return numbersOf([event.change, event.kl]);
    default:
      return [];
  }
}
