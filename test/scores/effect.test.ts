import { setImmediate as nextTask } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Model } from '../../engine/run/index.ts';
import { withPriority } from '../../engine/run/index.ts';
import type { EffectEvent, EffectRequest } from '../../engine/scores/effect.ts';
import { CleanRuns, effect } from '../../engine/scores/effect.ts';
import type { Units } from '../../engine/scores/unitSet.ts';
import type { Edit } from '../../engine/terms/edits.ts';
import { openGolden } from '../run/models.ts';
import { differencesByEdits, mean, scenePrompts } from './scenePrompts.ts';

async function eventsOf(model: Model, request: EffectRequest, runs?: CleanRuns): Promise<EffectEvent[]> {
  const events: EffectEvent[] = [];
  for await (const event of effect(model, request, runs)) events.push(event);
  return events;
}

const none: Units = { heads: [], kvGroups: [], layers: [], mlps: [] };

describe('the effect of a painted set', () => {
  let model: Model;
  let on: EffectRequest;
  beforeAll(async () => {
    model = await openGolden('llama-gqa');
    const set = {
      ...none,
      heads: [
        { layer: 0, head: 1 },
        { layer: 1, head: 2 },
      ],
      mlps: [1],
    };
    on = {
      ...{ prompts: scenePrompts(model, [8, 6, 8]), metric: 'logitDifference', kind: 'zero', seed: 0 },
      ...{ set, randomSets: 5, shown: 1 },
    };
  });
  afterAll(() => model.dispose());

  const edits: readonly Edit[] = [
    { site: 'z', layers: [0], heads: [1], operation: { kind: 'zero' } },
    { site: 'z', layers: [1], heads: [2], operation: { kind: 'zero' } },
    { site: 'mlpOut', layers: [1], operation: { kind: 'zero' } },
  ];

  it('is what edited forward passes give; next tokens come first, random sets last', async () => {
    const events = await eventsOf(model, on);
    expect(events.map(({ kind }) => kind)).toEqual(['next', 'metric', ...Array.from({ length: 5 }, () => 'random')]);
    const [clean, edited] = [
      await differencesByEdits(model, on.prompts, []),
      await differencesByEdits(model, on.prompts, edits),
    ];
    const [next, metric] = events;
    if (next?.kind !== 'next' || metric?.kind !== 'metric') throw new RangeError('order of events');
    expect(metric.before.mean).toBeCloseTo(mean(clean), 4);
    expect(metric.after.mean).toBeCloseTo(mean(edited), 4);
    const shown = on.prompts.slice(1, 2).map((prompt) => prompt.ids);
    const { logits } = await model.forward({ ids: shown, edits, logits: 'last' });
    logits?.data.forEach((value, i) => expect(next.edited[i]).toBeCloseTo(value, 4));
  });

  it('draws random sets of the same make-up, apart from the set, the same for a seed', async () => {
    const sets = (await eventsOf(model, on)).flatMap((event) => (event.kind === 'random' ? [event.set] : []));
    for (const { heads, mlps, kvGroups, layers } of sets) {
      expect([heads.length, mlps.length, kvGroups.length, layers.length]).toEqual([2, 1, 0, 0]);
      expect(heads).not.toContainEqual({ layer: 0, head: 1 });
      expect(new Set(heads.map((head) => JSON.stringify(head))).size).toBe(2);
    }
    const again = (await eventsOf(model, on)).flatMap((event) => (event.kind === 'random' ? [event.set] : []));
    expect(again.toSorted()).toEqual(sets.toSorted());
  });

  it('random sets are measured as sets are', async () => {
    for (const event of await eventsOf(model, on)) {
      if (event.kind !== 'random') continue;
      const alone = await eventsOf(model, { ...on, set: event.set, randomSets: 0 });
      const metric = alone.find(({ kind }) => kind === 'metric');
      expect(metric?.kind === 'metric' ? metric.after.mean : NaN).toBeCloseTo(event.after, 4);
    }
  });

  it('gives the same from the unedited runs that were kept', async () => {
    const runs = new CleanRuns(model);
    const first = await eventsOf(model, on, runs);
    expect(await eventsOf(model, on, runs)).toEqual(first);
    expect(await eventsOf(model, on)).toEqual(first);
  });

  it('keeps no logits of other answer positions', async () => {
    const runs = new CleanRuns(model);
    const prompts = on.prompts.map((prompt) => ({ ...prompt, answerPosition: prompt.answerPosition - 1 }));
    await eventsOf(model, on, runs);
    expect(await eventsOf(model, { ...on, prompts }, runs)).toEqual(await eventsOf(model, { ...on, prompts }));
  });

  it('gives the same where another set on the same prompts overtakes it', async () => {
    const other = { ...on, set: { ...none, heads: [{ layer: 1, head: 3 }] }, randomSets: 0 };
    const expected = [await eventsOf(model, on), await eventsOf(model, other)];
    const runs = new CleanRuns(model);
    const slow = withPriority('job', () => eventsOf(model, on, runs));
    await nextTask();
    const quick = withPriority('interactive', () => eventsOf(model, other, runs));
    expect(await Promise.all([slow, quick])).toEqual(expected);
  });

  it.each(['mean', 'resample', 'uniform'] as const)('%s of heads changes what it should', async (kind) => {
    const prompts = scenePrompts(model, [8, 8, 8]);
    const set = { ...none, kvGroups: [{ layer: 0, kvGroup: 1 }] };
    const events = await eventsOf(model, { ...on, prompts, kind, set, randomSets: 0 });
    const metric = events.find((event) => event.kind === 'metric');
    if (metric?.kind !== 'metric') throw new RangeError('no metric');
    expect(Math.abs(metric.change.mean)).toBeGreaterThan(1e-6);
  });

  it('refuses an empty set, a head that is not there, a prompt that is not there', async () => {
    await expect(eventsOf(model, { ...on, set: none })).rejects.toThrow(/empty set/);
    await expect(eventsOf(model, { ...on, set: { ...none, heads: [{ layer: 9, head: 0 }] } })).rejects.toThrow(/layer/);
    await expect(eventsOf(model, { ...on, shown: 7 })).rejects.toThrow(/no such prompt/);
  });
});
