import { describe, expect, it } from 'vitest';
import type { NodeScores } from '../../../engine/circuits/method.ts';
import { Fault } from '../../../engine/terms/fault.ts';
import { seededRandom } from '../../../engine/tensor/random.ts';
import type { SettingValue } from '../../../engine/terms/settings.ts';
import { discreteMethods } from '../../../sae/circuits/index.ts';
import { planted, plantedArea, plantedScene, prompt, sceneOf, usual } from './plantedWrites.ts';
import { ranked } from './ranked.ts';

const scene = plantedScene();
const nodes = scene.nodes;

/** Fewer steps, where what is asked does not depend on how well it is trained. */
const quick = { steps: 10 };

async function areaOf(id: string, settings = {}, seed = 0): Promise<number> {
  return plantedArea((await ranked(id, scene, settings, { seed })).scores, nodes);
}

function numbers({ scores }: NodeScores): number[] {
  return scores as number[];
}

describe.each(discreteMethods)('$id', ({ id, seeded, settings }) => {
  const few = 'steps' in settings ? quick : {};

  it('gives a finite score of every head, the same for the same seed, and tells how far it is', async () => {
    const first = await ranked(id, plantedScene(), few, { seed: 3 });
    expect(first.scores).toHaveLength(nodes.length);
    expect(numbers(first).every(Number.isFinite)).toBe(true);
    expect(first).toMatchObject({ signed: null, z: null, backwardPasses: 0, forwardPasses: 80 });
    expect(await ranked(id, plantedScene(), few, { seed: 3 })).toEqual(first);
    const other = await ranked(id, scene, few, { seed: 4 });
    if (seeded) expect(other.scores).not.toEqual(first.scores);
    else expect(other.scores).toEqual(first.scores);
  });

  it('counts up to all of its work', async () => {
    const method = discreteMethods.find((each) => each.id === id);
    const told: [number, number][] = [];
    const defaults = Object.fromEntries(Object.entries(settings).map(([name, setting]) => [name, setting.default]));
    const options = { seed: 0, permutations: 3, onProgress: (...each: [number, number]) => told.push(each) };
    await method?.rank(scene, { ...defaults, ...few }, options);
    expect(told.at(-1)?.[0]).toBe(told.at(-1)?.[1]);
    expect(told.every(([done], i) => i === 0 || done > (told[i - 1]?.[0] as number))).toBe(true);
  });

  it('needs negatives, and more than one prompt of each class', async () => {
    const [one, other] = [prompt([1, 2, 3], null), prompt([1, 2, 4], null)];
    const none = sceneOf(nodes, [one, other], await scene.headWrites());
    await expect(ranked(id, none, few)).rejects.toThrow('prompts without negatives');
    const single = sceneOf(nodes, [prompt([1, 2, 3], [1, 2, 5])], await scene.headWrites());
    await expect(ranked(id, single, few)).rejects.toThrow(Fault);
    await expect(ranked(id, scene, { ...few, prompts: 41 })).rejects.toThrow('too few prompts');
  });

  it('ends when it is told to', async () => {
    const stop = new AbortController();
    const stopped = sceneOf(nodes, scene.prompts, await scene.headWrites(), stop.signal);
    const method = discreteMethods.find((each) => each.id === id);
    const defaults = Object.fromEntries(Object.entries(settings).map(([name, setting]) => [name, setting.default]));
    let told = 0;
    const onProgress = () => {
      told++;
      stop.abort();
    };
    await expect(method?.rank(stopped, defaults, { seed: 0, permutations: 5, onProgress })).rejects.toThrow('aborted');
    expect(told).toBe(1);
  });
});

describe('heads whose writes depend on the class', () => {
  it.each(['smd', 'probe', 'vq-codes', 'k-means', 'untrained', 'hash'])('are found: %s', async (id) => {
    expect(await areaOf(id)).toBeGreaterThan(0.85);
  });

  it('are found by discrete codes with a head’s own scale, and always with a statistic that counts', async () => {
    expect(await areaOf('discrete-sae', { headScale: 'zScore' })).toBeGreaterThan(0.9);
    const counted = { statistic: 'mutualInformation', headScale: 'zScore' };
    expect(await areaOf('discrete-sae', counted)).toBeGreaterThan(0.95);
    expect(await areaOf('top-one-codes', { statistic: 'jensenShannon' })).toBeGreaterThan(0.95);
  });

  it('are not found by the length of writes, where all are as long', async () => {
    expect(Math.abs((await areaOf('write-norm')) - 0.5)).toBeLessThan(0.25);
  });

  it('are missed by discrete codes where they write little, and not with a head’s own scale', async () => {
    const isPlanted = (head: number) => planted.includes(nodes[head] as (typeof nodes)[number]);
    const faint = plantedScene({ ...usual, length: (head) => (isPlanted(head) ? 0.02 : 3) });
    const area = async (settings: Readonly<Record<string, string>>) =>
      plantedArea((await ranked('discrete-sae', faint, settings)).scores, nodes);
    expect(await area({})).toBeLessThan(0.3);
    expect(await area({ headScale: 'zScore' })).toBeGreaterThan(0.85);
    expect(plantedArea((await ranked('write-norm', faint)).scores, nodes)).toBe(0);
    expect(plantedArea((await ranked('hash', faint)).scores, nodes)).toBeGreaterThan(0.85);
  });
});

describe('prompts that repeat', () => {
  /** `different` pairs, each `times` times over; writes of width 30 that know nothing. */
  function repeating(different: number, times: number) {
    const random = seededRandom(4);
    const count = different * times;
    const prompts = Array.from({ length: count }, (_, i) => prompt([1, i % different], [2, i % different]));
    const arrayOf = () => {
      const once = Float32Array.from({ length: different * nodes.length * 30 }, () => random.normal());
      return Float32Array.from({ length: once.length * times }, (_, i) => once[i % once.length] as number);
    };
    const of = { positive: count, negative: count };
    return sceneOf(nodes, prompts, {
      ...{ positive: arrayOf(), negative: arrayOf(), prompts: of, heads: nodes.length, width: 30 },
    });
  }

  it.each(['pair', 'prompt'])('are left out together: what was fitted is no test (%s)', async (leaveOut) => {
    const { scores } = await ranked('probe', repeating(12, 4), { leaveOut });
    const mean = (scores as number[]).reduce((sum, score) => sum + score, 0) / nodes.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.1);
  });

  it('are too few where nothing else is left to fit', async () => {
    await expect(ranked('probe', repeating(1, 10))).rejects.toThrow(
      /^too few prompts: expected .* all that repeat them, got 2 different ones of 20$/,
    );
  });
});

describe('z against shuffled labels', () => {
  const empty = plantedScene({ ...usual, circuit: [] });

  it.each(['discrete-sae', 'discrete-sae-pairs', 'hash', 'smd', 'probe'])(
    'is about 0, with deviation about 1, where no head depends on the class: %s',
    async (id) => {
      const { z } = await ranked(id, empty, id.startsWith('discrete') ? { steps: 30 } : {}, { permutations: 200 });
      const values = z as number[];
      const mean = values.reduce((a, b) => a + b, 0) / values.length;
      expect(Math.abs(mean)).toBeLessThan(0.7);
      expect(Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)).toBeLessThan(1.6);
      expect(Math.max(...values.map(Math.abs))).toBeLessThan(4);
    },
  );

  it.each(['hash', 'smd', 'probe'])('is large for heads that do: %s', async (id) => {
    const counted = id === 'hash' ? { statistic: 'mutualInformation' } : {};
    const { z } = await ranked(id, scene, counted, { permutations: 100 });
    const known = (z as number[]).filter((_, i) => planted.includes(nodes[i] as (typeof nodes)[number]));
    expect(Math.min(...known)).toBeGreaterThan(2);
  });

  it('is what heads are ranked by where that is asked for', async () => {
    const { scores, z } = await ranked('hash', scene, { rankBy: 'z', statistic: 'jensenShannon' });
    expect(scores).toEqual(z);
    expect(plantedArea(scores, nodes)).toBeGreaterThan(0.85);
  });
});

describe('settings', () => {
  it('take more codes than there are prompts, and fewer', async () => {
    for (const features of [2, 500])
      expect(numbers(await ranked('discrete-sae', scene, { ...quick, features })).every(Number.isFinite)).toBe(true);
  });

  it('refuse more prompts to train on than there are', async () => {
    await expect(ranked('discrete-sae', scene, { ...quick, trainedPrompts: 81 })).rejects.toThrow(/at most 80/);
  });

  it('change what they name; scores as published are whole numbers', async () => {
    const base = { steps: 60 };
    const plain = numbers(await ranked('discrete-sae', scene, base));
    expect(plain.every(Number.isInteger)).toBe(true);
    const other = {
      k: 4,
      unitDecoder: 'features',
      sparsity: 0.3,
      headScale: 'norm',
      prompts: 10,
      statistic: 'ownShare',
    };
    for (const [name, value] of Object.entries(other))
      expect(numbers(await ranked('discrete-sae', scene, { ...base, [name]: value })), name).not.toEqual(plain);
  });

  it('leave MLPs without a score', async () => {
    const both = nodes.flatMap((id) => (id.endsWith('H3') ? [id, `L${Number(id[1])}MLP` as const] : [id]));
    const withMlps = sceneOf(both, scene.prompts, await scene.headWrites());
    const { scores, z } = await ranked('hash', withMlps, {}, { permutations: 5 });
    expect(scores.filter((score) => score === null)).toHaveLength(4);
    expect(z).toHaveLength(20);
  });
});

describe('codes of one scene', () => {
  it('are made once for all scores that count them, and again where a seed or a setting of theirs differs', async () => {
    const own = plantedScene();
    const passes = async (id: string, given: Readonly<Record<string, SettingValue>>, seed = 0) => {
      let calls = 0;
      await ranked(id, own, { ...quick, ...given }, { seed, onProgress: () => (calls += 1) });
      return calls;
    };
    const made = await passes('discrete-sae', {});
    expect(made).toBeGreaterThan(10);
    expect(await passes('discrete-sae', { statistic: 'mutualInformation', softmax: 'heads' })).toBe(2);
    expect(await passes('discrete-sae-pairs', {})).toBe(2);
    expect(await passes('discrete-sae', {}, 1)).toBe(made);
    expect(await passes('discrete-sae', { inactive: true })).toBe(made);
    expect(await passes('discrete-sae', { sparsity: 0.5 })).toBe(made);
  });

  it('cost whoever comes later what they cost first', async () => {
    const own = plantedScene();
    const [first, later] = [await ranked('discrete-sae', own, quick), await ranked('discrete-sae-pairs', own, quick)];
    expect(first.sharedSeconds).toBeUndefined();
    expect(later.sharedSeconds).toBeGreaterThan(0);
  });

  it('are made again after they failed', async () => {
    const writes = await scene.headWrites();
    const positive = Float32Array.from(writes.positive, (value, i) => (i === 5 ? NaN : value));
    const broken = sceneOf(nodes, scene.prompts, { ...writes, positive });
    for (const _ of [1, 2]) await expect(ranked('hash', broken)).rejects.toThrow('not finite');
  });
});
