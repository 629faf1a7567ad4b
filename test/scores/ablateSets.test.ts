import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Model } from '../../engine/run/index.ts';
import type { AblateSetsEvent, AblateSetsRequest } from '../../engine/scores/ablateSets.ts';
import { ablateSets, setsIn } from '../../engine/scores/ablateSets.ts';
import type { HeadPlace } from '../../engine/scores/unitSet.ts';
import type { Edit } from '../../engine/terms/edits.ts';
import { ioi } from '../../fixtures/make/planted/ioi.ts';
import { Scene } from '../planted/scene.ts';
import { openGolden } from '../run/models.ts';
import { differencesByEdits, mean, scenePrompts } from './scenePrompts.ts';

type SetEvent = Extract<AblateSetsEvent, { kind: 'set' }>;

async function eventsOf(model: Model, request: AblateSetsRequest): Promise<AblateSetsEvent[]> {
  const events: AblateSetsEvent[] = [];
  for await (const event of ablateSets(model, request)) events.push(event);
  return events;
}

function setsOf(events: readonly AblateSetsEvent[]): SetEvent[] {
  return events.filter((event) => event.kind === 'set');
}

function silenced(heads: readonly HeadPlace[]): Edit[] {
  return heads.map(({ layer, head }) => ({ site: 'z', layers: [layer], heads: [head], operation: { kind: 'zero' } }));
}

describe('sets of heads', () => {
  let model: Model;
  let on: Omit<AblateSetsRequest, 'sets'>;
  const heads: readonly HeadPlace[] = [
    { layer: 1, head: 2 },
    { layer: 0, head: 1 },
    { layer: 1, head: 0 },
    { layer: 0, head: 3 },
  ];

  beforeAll(async () => {
    model = await openGolden('llama-gqa');
    const prompts = scenePrompts(model, [8, 6, 8]);
    on = { prompts, metric: 'logitDifference', kind: 'zero', seed: 0, unitsPerRun: 3 };
  });
  afterAll(() => model.dispose());

  const effectOf = async (set: readonly HeadPlace[]) => {
    const clean = await differencesByEdits(model, on.prompts, []);
    const edited = await differencesByEdits(model, on.prompts, silenced(set));
    return mean(edited.map((value, i) => value - (clean[i] ?? NaN)));
  };

  it('gives every pair what edited forward passes give, and what it does beyond the sum of both', async () => {
    const events = await eventsOf(model, { ...on, sets: { kind: 'pairs', heads } });
    const sets = setsOf(events);
    expect(sets).toHaveLength(10);
    expect(events[0]?.kind).toBe('baseline');
    for (const { heads: set, effect, interaction } of sets) {
      expect(effect.mean).toBeCloseTo(await effectOf(set), 4);
      if (set.length === 1) expect(interaction).toBeNull();
      else {
        const sum = mean(await Promise.all(set.map((head) => effectOf([head])))) * 2;
        expect(interaction?.mean).toBeCloseTo(effect.mean - sum, 4);
      }
    }
  });

  it('goes on from any set with the same numbers to the last bit', async () => {
    for (const sets of [
      { kind: 'pairs', heads },
      { kind: 'list', sets: heads.map((head, i) => [head, ...heads.slice(0, i)]) },
    ] as const) {
      const whole = setsOf(await eventsOf(model, { ...on, sets }));
      for (const done of [1, 4, 5, whole.length - 1]) {
        expect(setsOf(await eventsOf(model, { ...on, sets, done }))).toEqual(whole.slice(done));
      }
    }
  });

  it('grows the set that hurts most, one head at a time', async () => {
    const sets = { kind: 'greedy', candidates: heads, steps: 3, choose: 'worst' } as const;
    const events = await eventsOf(model, { ...on, sets });
    const chosen = events.flatMap((event) => (event.kind === 'chosen' ? [event.head] : []));
    expect(chosen).toHaveLength(3);
    expect(setsOf(events)).toHaveLength(setsIn(sets));
    const singles = await Promise.all(heads.map(async (head) => ({ head, effect: await effectOf([head]) })));
    expect(chosen[0]).toEqual(singles.toSorted((a, b) => a.effect - b.effect)[0]?.head);
  });

  it('the head that helps most is the one that hurts least', async () => {
    const first = async (choose: 'worst' | 'best') => {
      const events = await eventsOf(model, { ...on, sets: { kind: 'greedy', candidates: heads, steps: 1, choose } });
      return events.find((event) => event.kind === 'chosen')?.head;
    };
    const singles = await Promise.all(heads.map(async (head) => ({ head, effect: await effectOf([head]) })));
    const order = singles.toSorted((a, b) => a.effect - b.effect).map(({ head }) => head);
    expect([await first('worst'), await first('best')]).toEqual([order[0], order.at(-1)]);
  });

  it('refuses an empty set, a head that is not there, a head twice, before anything runs', async () => {
    const list = (...sets: (readonly HeadPlace[])[]) => eventsOf(model, { ...on, sets: { kind: 'list', sets } });
    const [head = { layer: 0, head: 0 }] = heads;
    await expect(list([head], [])).rejects.toThrow(/empty set/);
    await expect(list([head], [{ layer: 0, head: 99 }])).rejects.toThrow(/head out of range/);
    await expect(list([head, head])).rejects.toThrow(/L1H2/);
    await expect(eventsOf(model, { ...on, sets: { kind: 'pairs', heads: [head, head] } })).rejects.toThrow(/twice/);
  });
});

describe('pairs in a model whose circuit is known', () => {
  it('name mover and backup are worth more together than apart, by what is stated', async () => {
    const scene = await Scene.open(ioi);
    const [circuit] = ioi.circuits;
    if (circuit === undefined) throw new RangeError('the model has a circuit');
    const prompts = scene.prompts(circuit);
    const heads = [
      { layer: 2, head: 0 },
      { layer: 3, head: 1 },
      { layer: 3, head: 3 },
    ];
    const request = { prompts, metric: circuit.metric, kind: 'zero', seed: 0, sets: { kind: 'pairs', heads } } as const;
    const found = setsOf(await eventsOf(scene.model, request));
    await scene.model.dispose();
    const named = new Map(found.map((one) => [one.heads.map(({ layer, head }) => `L${layer}H${head}`).join(), one]));
    // -12 together, -4 and 0 apart: the backup acts where the name mover does not.
    expect(named.get('L2H0,L3H1')?.effect.mean).toBeCloseTo(-12, 2);
    expect(named.get('L2H0,L3H1')?.interaction?.mean).toBeCloseTo(-8, 2);
    // -4 together, -4 and +4 apart: what the negative head writes is what the name mover moved.
    expect(named.get('L2H0,L3H3')?.interaction?.mean).toBeCloseTo(-4, 2);
  });
});
