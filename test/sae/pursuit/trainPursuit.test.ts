import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../engine/tensor/random.ts';
import { EpochOrder } from '../../../sae/pursuit/epochOrder.ts';
import { PursuitTrainer } from '../../../sae/pursuit/pursuitTrainer.ts';
import type { PursuitState, PursuitTraining } from '../../../sae/pursuit/pursuitTraining.ts';
import { checkPursuitTraining, pursuitTrainingDefaults } from '../../../sae/pursuit/pursuitTraining.ts';
import { replacementRows } from '../../../sae/pursuit/replacementRows.ts';
import { startPursuitState } from '../../../sae/pursuit/startState.ts';
import type { TrainedStep } from '../../../sae/pursuit/trainPursuit.ts';
import { trainPursuit } from '../../../sae/pursuit/trainPursuit.ts';
import { drawnAtoms, rowOf } from './samples.ts';

const size = { width: 8, features: 24 };

/** Rows that are sums of three drawn atoms. */
function sparseRows(count: number): Float32Array {
  const random = seededRandom(5);
  const { W_dec } = drawnAtoms(size, 1);
  const x = new Float32Array(count * size.width);
  for (let row = 0; row < count; row++) {
    for (let part = 0; part < 3; part++) {
      const [atom, scale] = [random.below(size.features), 0.5 + random.next()];
      rowOf(x, row, size.width).forEach((value, k, into) => {
        into[k] = value + scale * (W_dec[atom * size.width + k] as number);
      });
    }
  }
  return x;
}

const training: PursuitTraining = {
  ...pursuitTrainingDefaults,
  pursuit: { ...pursuitTrainingDefaults.pursuit, steps: 4 },
  dead: { window: 300, remedy: { kind: 'replace', every: 7 } },
};
const run = { training, rows: 50, seed: 3, threads: 1, rateAt: (step: number) => 0.01 / (1 + step / 50) };
const start = () => startPursuitState(size.features, new Float32Array(size.width), seededRandom(1));

async function train(x: Float32Array, state: PursuitState, steps: number, dead = training.dead) {
  const seen: TrainedStep[] = [];
  let last = state;
  for await (const step of trainPursuit(x, state, { ...run, training: { ...training, dead }, steps })) {
    seen.push(step);
    if (step.step === steps) last = step.state();
  }
  return { seen, last };
}

describe('training a pursuit', () => {
  const x = sparseRows(500);

  it('brings the error down', async () => {
    const { seen } = await train(x, start(), 300, { window: 1e9, remedy: { kind: 'none' } });
    expect(seen.at(-1)?.loss).toBeLessThan(0.75 * (seen[0]?.loss as number));
    expect(seen.map(({ step }) => step)).toEqual(Array.from({ length: 300 }, (_, i) => i + 1));
    expect(seen.every(({ picks, l0 }) => l0 <= picks && picks <= 4)).toBe(true);
  });

  it('gives the same bits again, and when it is stopped and gone on with', async () => {
    const whole = (await train(x, start(), 60)).last;
    const half = (await train(x, start(), 23)).last;
    expect((await train(x, structuredClone(half), 60)).last).toEqual(whole);
    expect((await train(x, start(), 60)).last).toEqual(whole);
  });

  it('gives dead atoms a new start from rows that are badly reconstructed', async () => {
    const state = start();
    // Longer ones win every pick.
    state.weights.get('W_dec')?.fill(0, 0, 5 * size.width);
    const { seen, last } = await train(x, state, 60);
    expect(seen[6]?.dead).toBe(0);
    expect(seen[5]?.dead).toBeGreaterThanOrEqual(5);
    const atoms = last.weights.get('W_dec') as Float32Array;
    for (let atom = 0; atom < 5; atom++) expect(Math.hypot(...rowOf(atoms, atom, size.width))).toBeGreaterThan(0.5);
  });

  it('says which activations are not finite, and when training diverged', async () => {
    const trainer = await PursuitTrainer.create(start(), run);
    const bad = x.slice(0, 50 * size.width);
    bad[3 * size.width + 1] = NaN;
    expect(() => trainer.step(bad, 0.01)).toThrow(
      'step 1: activations of row 3 are not finite: expected finite numbers, got NaN',
    );
    await trainer.close();
    const other = await PursuitTrainer.create(start(), { ...run, training: { ...training, norm: 'free' } });
    const huge = x.slice(0, 50 * size.width).map((value) => 1e25 * value);
    expect(() => other.step(huge, 0.01)).toThrow('step 1: training diverged');
    await other.close();
  });

  it('refuses settings out of range', async () => {
    const check = (change: Partial<PursuitTraining>) => () => checkPursuitTraining({ ...training, ...change }, 'mp');
    expect(check({ optimiser: { ...training.optimiser, clip: 0 } })).toThrow('mp: clip: expected a number above 0');
    expect(check({ dead: { window: 0, remedy: { kind: 'none' } } })).toThrow('window of dead atoms');
    expect(check({ dead: { window: 1, remedy: { kind: 'push', weight: -1 } } })).toThrow('weight of the push');
    expect(check({ dead: { window: 1, remedy: { kind: 'replace', every: 0.5 } } })).toThrow('whole number of steps');
    await expect(train(x.slice(0, 40 * size.width), start(), 1)).rejects.toThrow('rows of a step: expected at most 40');
  });
});

describe('the order of rows', () => {
  it('has every row once in an epoch, and epochs differ', () => {
    const order = new EpochOrder(12, 4, 1);
    const epoch = (number: number) => [0, 1, 2].flatMap((batch) => [...order.rowsOf(3 * number + batch)]);
    expect(epoch(0).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, i) => i));
    expect(epoch(1)).not.toEqual(epoch(0));
  });

  it('is that of the seed, whichever step is asked for first', () => {
    const [first, second] = [new EpochOrder(10, 3, 7), new EpochOrder(10, 3, 7)];
    const late = [...first.rowsOf(20)];
    for (let step = 0; step < 20; step++) second.rowsOf(step);
    expect([...second.rowsOf(20)]).toEqual(late);
    expect([...new EpochOrder(10, 3, 8).rowsOf(20)]).not.toEqual(late);
  });
});

describe('rows that replace dead atoms', () => {
  it('are drawn by the square of the loss, never twice, never without an error', () => {
    const random = seededRandom(1);
    const counts = [0, 0, 0];
    for (let draw = 0; draw < 2000; draw++) {
      const [row] = replacementRows([1, 3, 0], 1, random);
      counts[row as number] = (counts[row as number] as number) + 1;
    }
    expect((counts[1] as number) / 2000).toBeCloseTo(0.9, 1);
    expect(counts[2]).toBe(0);
    expect(replacementRows([1, 3, 0], 3, random).toSorted((a, b) => a - b)).toEqual([0, 1]);
  });
});

describe('a start', () => {
  it('has atoms of length 1 and moments of zero, by the seed', () => {
    const [{ weights, first }, again, other] = [1, 1, 2].map((seed) =>
      startPursuitState(5, Float32Array.of(1, 2, 3), seededRandom(seed)),
    ) as [PursuitState, PursuitState, PursuitState];
    const atoms = weights.get('W_dec') as Float32Array;
    for (let atom = 0; atom < 5; atom++) expect(Math.hypot(...rowOf(atoms, atom, 3))).toBeCloseTo(1, 6);
    expect([...(weights.get('b_dec') as Float32Array)]).toEqual([1, 2, 3]);
    expect((first.get('W_dec') as Float32Array).every((value) => value === 0)).toBe(true);
    expect(again.weights).toEqual(weights);
    expect(other.weights).not.toEqual(weights);
  });
});
