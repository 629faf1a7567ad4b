import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readStates, writeStates } from '../../../sae/training/checkpoint.ts';
import { rowsInMemory } from '../../../sae/training/batches.ts';
import type { DictionaryState } from '../../../sae/training/dictionaryState.ts';
import type { Job } from '../../../sae/training/job.ts';
import { trainedDictionary } from '../../../sae/training/trainedDictionary.ts';
import type { States, TrainingMoment } from '../../../sae/training/trainSideBySide.ts';
import { startStates } from '../../../sae/training/trainSideBySide.ts';
import { weightOf } from '../../../sae/dictionary.ts';
import { headInput, job, moments, trainedStates } from '../jobs.ts';
import { plantedRows, recovery } from '../plantedRows.ts';

const rows = plantedRows(400, 24, 20, 0.08, 1);
const source = rowsInMemory(rows, 40, 7);
const resampling = { every: 4, until: 8, batches: 2, encoderScale: 0.2, recovery: 3 };
const fast = { kind: 'constant', peak: 0.02, warmup: 0, floor: 1 } as const;
const dead = { window: 60, remedy: { kind: 'none' }, resampling } as const;

/** Kinds with state of every sort: thresholds that are tracked, dead features that start again, other columns, other weights of sparsity. */
const jobs: readonly Job[] = [
  job('topK', { settings: { k: 2 }, training: { dead } }),
  job('batchTopK', { settings: { k: 2 }, firstColumn: 12 }),
  job('standard', { name: 'weak', settings: { sparsity: 0.1 }, firstColumn: 12, training: { rate: fast } }),
  job('standard', { name: 'strong', settings: { sparsity: 3 }, firstColumn: 12, training: { rate: fast } }),
  job('matchingPursuit', { settings: { steps: 2 }, training: { dead } }),
];

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dictionaries-'));
});
afterAll(() => rm(folder, { recursive: true }));

function stateOf(states: States, name: string): DictionaryState {
  return states.get(name) as DictionaryState;
}

describe('training', () => {
  it('stopped after any step, written, read and gone on from, gives the same dictionaries bit by bit', async () => {
    const whole = await moments(jobs, source);
    const last = (whole.at(-1) as TrainingMoment).states;
    expect(whole.some(({ reports }) => (reports.get('topK')?.resampled ?? 0) > 0)).toBe(true);
    for (const stop of [3, 4, 5]) {
      const path = join(folder, `stop${stop}.safetensors`);
      await writeStates(path, jobs, (whole[stop - 1] as TrainingMoment).states);
      expect(await trainedStates(jobs, source, await readStates(path, jobs))).toEqual(last);
    }
    expect((await moments(jobs, source)).at(-1)?.states).toEqual(last);
  });

  it('side by side gives what each gives alone', async () => {
    const together = await trainedStates(jobs, source);
    for (const single of jobs) {
      const alone = await trainedStates([single], source);
      expect(alone.get(single.name)).toEqual(together.get(single.name));
    }
  });

  it('another seed starts elsewhere; more sparsity means fewer active features', async () => {
    const other = job('topK', { settings: { k: 2 }, training: { dead, seed: 1 } });
    const [first, second] = [await startStates([jobs[0] as Job], source), await startStates([other], source)];
    expect(stateOf(first, 'topK').weights.get('W_dec')).not.toEqual(stateOf(second, 'topK').weights.get('W_dec'));
    const reports = (await moments(jobs, source)).at(-1)?.reports;
    expect(reports?.get('strong')?.l0 ?? NaN).toBeLessThan(reports?.get('weak')?.l0 ?? NaN);
    expect(reports?.get('topK')?.l0 ?? NaN).toBeLessThanOrEqual(2);
  });

  it('jobs with fewer steps end first', async () => {
    const short = job('topK', { name: 'short', settings: { k: 2 }, training: { steps: 3 } });
    const seen = await moments([short, jobs[1] as Job], source);
    expect(seen.map(({ reports }) => reports.size)).toEqual([2, 2, 2, 1, 1, 1, 1, 1, 1, 1]);
  });
});

describe('a checkpoint that does not fit is refused in one line', () => {
  it('other settings, cut short, another file', async () => {
    const path = join(folder, 'refused.safetensors');
    const [first] = jobs as readonly [Job];
    await writeStates(path, [first], await startStates([first], source));
    const other = job('topK', { settings: { k: 3 }, training: { dead } });
    await expect(readStates(path, [other])).rejects.toThrow(/checkpoint of other settings: topK/);
    await expect(readStates(path, jobs)).rejects.toThrow(/checkpoint of other settings/);
    const bytes = await readFile(path);
    await writeFile(path, bytes.subarray(0, bytes.length - 8));
    await expect(readStates(path, [first])).rejects.toThrow(/refused\.safetensors/);
  });

  it('a state that is not finite is not written', async () => {
    const [first] = jobs as readonly [Job];
    const states = await startStates([first], source);
    (stateOf(states, 'topK').weights.get('b_enc') as Float32Array)[3] = NaN;
    await expect(writeStates(join(folder, 'nan.safetensors'), [first], states)).rejects.toThrow(
      /weights\.b_enc is not finite/,
    );
  });
});

describe('bad input is one clear line', () => {
  it('a dictionary whose steps do not fit in memory, before anything is collected for it', () => {
    const size = { width: 4096, features: 50_000 };
    for (const variant of ['topK', 'batchTopK', 'standard', 'gated'])
      expect(() => job(variant, { size })).toThrow(
        new RegExp(`^${variant}: a training step of this size does not fit in memory: expected at most 4.0 GiB, got 6`),
      );
    expect(() => job('matchingPursuit', { size: { width: 200_000, features: 4096 } })).toThrow(
      /^matchingPursuit: .*GiB/,
    );
    expect(() => job('topK', { size: { width: 4096, features: 24_576 } })).not.toThrow();
  });

  it('a gradient beyond float32, whose loss is still a number', async () => {
    const large = rowsInMemory({ ...rows, data: rows.data.map((value) => value * 1e21) }, 40, 7);
    for (const variant of ['topK', 'batchTopK']) {
      const one = job(variant, { settings: { k: 2 }, training: { normalised: false } });
      await expect(moments([one], large)).rejects.toThrow(
        `${variant}, step 1: gradient is not finite: expected a lower learning rate`,
      );
    }
  });

  it('activations that are not finite, batches of another size, settings that do not fit', async () => {
    const spoilt = { ...rows, data: rows.data.slice() };
    spoilt.data[24 * 5 + 2] = NaN;
    await expect(moments([jobs[0] as Job], rowsInMemory(spoilt, 40, 7))).rejects.toThrow(
      /topK: activations that are not finite: got NaN at row \d+, entry 2/,
    );
    await expect(moments([jobs[0] as Job], rowsInMemory(rows, 50, 7))).rejects.toThrow(
      /topK: rows of a step: expected 50, which all that share a pass have, got 40/,
    );
    expect(() => job('topK', { settings: { k: 25 } })).toThrow(
      'topK: k is above the dictionary: expected at most F = 24',
    );
    expect(() => job('jumpReLU')).toThrow(
      'jumpReLU: target L0 is above the dictionary: expected at most F = 24, got 32',
    );
    expect(() => job('topK', { settings: { kk: 2 } })).toThrow('topK: unknown setting: expected k, got kk');
    expect(() => job('topK', { settings: { k: 2.5 } })).toThrow('expected a whole number from 1, got 2.5');
    expect(() => job('nothing')).toThrow('unknown variant');
    expect(() => job('topK', { settings: { k: 2 }, training: { frozen: ['W_out'] } })).toThrow(
      'topK: frozen weight: expected W_enc, b_enc, W_dec, b_dec, got W_out',
    );
    expect(() => job('matchingPursuit', { training: { frozen: ['W_dec', 'b_dec'] } })).toThrow('nothing to train');
    const never = { ...dead, resampling: { ...resampling, every: 0 } };
    expect(() => job('topK', { settings: { k: 2 }, training: { dead: never } })).toThrow('resampling: expected whole');
    expect(() => job('matryoshka', { settings: { k: 2, fractions: [0.5, 0.6] } })).toThrow('parts of a Matryoshka');
    const ghost = { window: 60, remedy: { kind: 'ghost', weight: 1 }, resampling: null } as const;
    await expect(moments([job('matchingPursuit', { training: { dead: ghost } })], source)).rejects.toThrow(
      'dead features of matchingPursuit: expected push or resampling',
    );
    expect(() => job('topK', { settings: { k: 2 }, input: { ...headInput, head: null } })).toThrow('head of z');
  });
});

describe('planted directions are recovered', () => {
  const planted = plantedRows(3000, 16, 20, 0.06, 3);
  const fits = rowsInMemory(planted, 100, 5);
  const size = { width: 16, features: 24 };
  const training = {
    rows: 100,
    steps: 400,
    rate: { kind: 'linear', peak: 1e-2, warmup: 20, floor: 0.05, hold: 0.6 },
    dead: { window: 2000, remedy: { kind: 'none' }, resampling: { ...resampling, every: 100, until: 300, batches: 3 } },
  } as const;
  const cases = [
    ['standard', { sparsity: 0.3 }],
    ['gated', { sparsity: 2 }],
    ['topK', { k: 2 }],
    ['batchTopK', { k: 1.4 }],
    ['jumpReLU', { targetL0: 1.4 }],
    ['matryoshka', { k: 1.4, fractions: [0.8] }],
    ['matchingPursuit', { steps: 3, relativeThreshold: 0.01 }],
  ] as const;
  const planned = cases.map(([variant, settings]) => job(variant, { settings, size, training }));

  it('by every variant that decomposes', async () => {
    const seen = await moments(planned, fits);
    const last = seen.at(-1) as TrainingMoment;
    for (const one of planned) {
      const dictionary = trainedDictionary(one, stateOf(last.states, one.name), { model: null, text: null });
      const found = recovery(planted, weightOf(dictionary, 'W_dec'));
      const share = found.filter((cosine) => cosine > 0.9).length / found.length;
      const report = last.reports.get(one.name);
      const got = `${one.name}: ${share} of the directions, FVU ${report?.fvu}, L0 ${report?.l0}, dead ${report?.dead}`;
      expect(share, got).toBeGreaterThanOrEqual(0.8);
    }
  });
});

describe('JumpReLU ends at its target without any tuning', () => {
  const planted = plantedRows(4000, 16, 20, 0.12, 11);
  const size = { width: 16, features: 48 };
  const training = {
    rows: 128,
    steps: 500,
    rate: { kind: 'linear', peak: 5e-3, warmup: 50, floor: 0, hold: 0.8 },
    sparsityWarmup: 25,
  } as const;

  it.each([
    [2.4, 1],
    [6, 1],
    [2.4, 20],
  ])('%f features, of rows times %f', async (targetL0, factor) => {
    const rows = { width: 16, data: planted.data.map((value) => value * factor) };
    const one = job('jumpReLU', { settings: { targetL0 }, size, training });
    const last = (await moments([one], rowsInMemory(rows, 128, 5))).slice(-50);
    const reports = last.map(({ reports: all }) => all.get('jumpReLU'));
    const l0 = reports.reduce((sum, report) => sum + (report?.l0 ?? NaN), 0) / reports.length;
    const got = `L0 ${l0}, FVU ${reports.at(-1)?.fvu}`;
    expect(Math.abs(l0 / targetL0 - 1), got).toBeLessThan(0.15);
    expect(reports.at(-1)?.fvu, got).toBeLessThan(0.15);
  });
});
