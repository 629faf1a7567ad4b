/** The greedy order against losses that are written down. */
import { describe, expect, it } from 'vitest';
import type { ModelShape } from '../../../engine/arch/architecture.ts';
import type { GreedyEvent, GreedyRequest } from '../../../engine/prune/plan/greedy.ts';
import { greedy } from '../../../engine/prune/plan/greedy.ts';
import type { PlanUnit } from '../../../engine/prune/plan/planUnit.ts';
import { allUnits, unitKey } from '../../../engine/prune/plan/planUnit.ts';
import { protectedUnits } from '../../../engine/prune/plan/protectedUnits.ts';
import { randomPlans } from '../../../engine/prune/plan/randomPlans.ts';
import { seededRandom } from '../../../engine/tensor/random.ts';

const shape: ModelShape = {
  ...{ layers: 2, heads: 4, kvHeads: 2, headWidth: 8, width: 16, mlpWidth: 32 },
  ...{ vocabulary: 9, outputVocabulary: 9, context: 16 },
};

/** Heads 0.0 and 0.1 do the same: each alone costs nothing, both together 5. Every other head costs its place. */
function lossOf(removed: readonly PlanUnit[]): number {
  const gone = new Set(removed.map(unitKey));
  const alone = (key: string) =>
    key === '0.0' || key === '0.1' ? 0 : 1 + allUnits(shape, 'head').map(unitKey).indexOf(key);
  const both = gone.has('0.0') && gone.has('0.1') ? 5 : 0;
  return both + [...gone].reduce((total, key) => total + alone(key), 0);
}

function request(changes: Partial<GreedyRequest> = {}): GreedyRequest {
  const costs = new Map(allUnits(shape, 'head').map((unit) => [unitKey(unit), lossOf([unit])] as const));
  return {
    ...{ shape, unit: 'head', costs, order: null, protected: new Set(), minPerLayer: 1, scale: 'same' },
    rescore: { every: 1, share: 0.2 },
    scorer: (candidates, removed) =>
      Promise.resolve(candidates.map((unit) => lossOf([...removed, unit]) - lossOf(removed))),
    lossWithout: (removed) => Promise.resolve(lossOf(removed)),
    fits: (removed) => removed.length <= 3,
    ...changes,
  };
}

async function eventsOf(asked: GreedyRequest): Promise<GreedyEvent[]> {
  const events: GreedyEvent[] = [];
  for await (const event of greedy(asked)) events.push(event);
  return events;
}

async function orderOf(asked: GreedyRequest): Promise<string[]> {
  return (await eventsOf(asked)).flatMap((event) => (event.kind === 'step' ? [unitKey(event.unit)] : []));
}

describe('greedy removal', () => {
  it('measures the cheapest anew, and so keeps one of two heads that stand in for each other', async () => {
    expect(await orderOf(request())).toEqual(['0.0', '0.2', '0.3']);
    expect(await orderOf(request({ rescore: null }))).toEqual(['0.0', '0.1', '0.2']);
  });

  it('follows an order that is given, measures nothing anew, and refuses units that may not go', async () => {
    const place = (layer: number, index: number) => ({ layer, index });
    const order = [place(1, 2), place(0, 0), place(0, 1)];
    const events = await eventsOf(request({ order, fits: () => true }));
    expect(events.map((event) => (event.kind === 'step' ? unitKey(event.unit) : event))).toEqual([
      ...['1.2', '0.0', '0.1'],
      { kind: 'stopped', why: 'order' },
    ]);
    expect(await orderOf(request({ order, fits: (removed) => removed.length <= 2 }))).toEqual(['1.2', '0.0']);
    await expect(eventsOf(request({ order, protected: new Set(['0.0']) }))).rejects.toThrow(
      /step 2: a unit of the order may not go: .*got 0 of layer 0/,
    );
    await expect(eventsOf(request({ order: [place(1, 2), place(1, 2)] }))).rejects.toThrow('may not go');
  });

  it('says what each step and all steps cost', async () => {
    const steps = (await eventsOf(request({ rescore: null }))).filter((event) => event.kind === 'step');
    expect(steps.map(({ delta }) => delta)).toEqual([0, 5, 3]);
    expect(steps.map(({ cumulative }) => cumulative)).toEqual([0, 5, 8]);
  });

  it('exchanges the costs of another criterion among the units that it measures', async () => {
    const costs = new Map(allUnits(shape, 'head').map((unit, i) => [unitKey(unit), 100 + i] as const));
    const events = await eventsOf(request({ costs, scale: 'order', rescore: { every: 1, share: 0.5 } }));
    const again = events.find((event) => event.kind === 'rescored');
    // 0.0 is gone: 0.1 costs 5 now, more than 0.2 and 0.3.
    expect(again?.costs.map((unit) => [unitKey(unit), unit.cost])).toEqual(
      [
        ['0.1', 103],
        ['0.2', 101],
        ['0.3', 102],
      ].concat([['1.0', 104]]),
    );
  });

  it('leaves protected units and the minimum of each layer', async () => {
    const kept = new Set(['0.0', '0.1']);
    const order = await orderOf(request({ protected: kept, minPerLayer: 3, fits: () => true }));
    expect(order).toEqual(['0.2', '1.0']);
    await expect(eventsOf(request({ minPerLayer: 4 }))).rejects.toThrow('no unit may be removed');
    const events = await eventsOf(request({ minPerLayer: 0, fits: () => true }));
    expect(events.at(-1)).toEqual({ kind: 'stopped', why: 'minimum' });
    expect(events.filter((event) => event.kind === 'step')).toHaveLength(8);
  });

  it('protects groups by their heads', () => {
    const why = protectedUnits(shape, 'kv-group', {
      pinned: [{ layer: 1, index: 1 }],
      retrieval: [{ layer: 0, head: 3, value: 0.1 }],
      induction: [
        { layer: 0, head: 1, value: 0.4 },
        { layer: 1, head: 0, value: 0.41 },
      ],
    });
    expect([...why]).toEqual([
      ['0.1', 'retrieval score 0.10, at least 0.1'],
      ['1.0', 'induction score 0.41, above 0.4'],
      ['1.1', 'pinned'],
    ]);
  });

  it('draws random plans layer by layer, from other units while there are any', () => {
    const order = [
      { layer: 0, index: 0 },
      { layer: 1, index: 2 },
      { layer: 1, index: 3 },
      { layer: 1, index: 0 },
    ];
    const plans = randomPlans(shape, 'head', order, 10, seededRandom(3));
    expect(plans).toHaveLength(10);
    for (const plan of plans) {
      expect(plan.order.map(({ layer }) => layer)).toEqual([0, 1, 1, 1]);
      expect(new Set(plan.order.map(unitKey)).size).toBe(4);
      expect(plan.order[0]?.index).not.toBe(0);
      // Layer 1 has one head that the plan leaves: the other two are shared.
      expect(plan.shared).toBe(2);
    }
  });

  it('keeps in random plans what the plan had to keep', () => {
    const order = [{ layer: 0, index: 0 }];
    const kept = new Set(['0.1', '0.2']);
    const drawn = randomPlans(shape, 'head', order, 20, seededRandom(3), kept).map(({ order: [unit] }) => unit?.index);
    expect(new Set(drawn)).toEqual(new Set([3]));
  });
});
