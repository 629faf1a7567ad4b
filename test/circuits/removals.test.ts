/** Sets of nodes that are replaced together: which are run, and which are known. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Latest } from '../../engine/circuits/latest.ts';
import { Removals } from '../../engine/circuits/removals.ts';
import type { Model } from '../../engine/run/index.ts';
import { openModel } from '../../engine/run/index.ts';
import type { Prompt } from '../../engine/tasks/task.ts';
import type { NodeId } from '../../engine/terms/nodes.ts';

let model: Model;
beforeAll(async () => {
  model = await openModel('fixtures/models/planted-induction');
});
afterAll(() => model.dispose());

const running = { signal: new AbortController().signal };
const promptOf = (ids: readonly number[]): Prompt => ({
  ...{ ids, corruptIds: ids.map((id) => (id + 1) % 8), negativeIds: null },
  ...{ answerPosition: ids.length - 1, answers: [1], wrong: [2], positions: {}, text: null },
});
const prompts = [promptOf([0, 3, 4, 3]), promptOf([0, 5, 6, 5])];
const request = { prompts, metric: 'logitDifference', by: 'zero' } as const;

describe('what was measured of sets of nodes', () => {
  it('is kept of those that were asked for last, and is the same when it is measured again', async () => {
    const removals = new Removals(model, { ...request, kept: 3 });
    const sets: readonly (readonly NodeId[])[] = [['L0H0'], ['L0H1'], ['L0H2'], ['L1H0'], ['L1H1'], []];
    const all = await removals.without(sets, running);
    const whole = await new Removals(model, request).without(sets, running);
    expect(all).toEqual(whole);
    // More than are kept, and yet all of them are given.
    expect(await removals.without(sets, running)).toEqual(whole);
    const before = removals.seconds;
    await removals.without([['L0H2'], []], running);
    expect(removals.seconds).toBe(before);
    await removals.without([['L0H0']], running);
    expect(removals.seconds).toBeGreaterThan(before);
  });

  it('of a mean needs one length, and the way out fits the command', () => {
    const unequal = [promptOf([0, 3, 4, 3]), promptOf([0, 5, 5])];
    const mean = { ...request, prompts: unequal, by: 'mean' } as const;
    expect(() => new Removals(model, mean)).toThrow(/expected .*--outside counterfactual.*, got 3 to 4 tokens/);
    expect(() => new Removals(model, mean)).not.toThrow(/--align/);
  });
});

describe('a map of the latest entries', () => {
  it('drops the one that was not asked for longest', () => {
    const latest = new Latest<string, number>(2);
    latest.set('a', 1);
    latest.set('b', 2);
    expect(latest.get('a')).toBe(1);
    latest.set('c', 3);
    expect([latest.get('b'), latest.get('a'), latest.get('c'), latest.size]).toEqual([null, 1, 3, 2]);
  });

  it('keeps at least one', () => {
    expect(() => new Latest(0)).toThrow(RangeError);
  });
});
