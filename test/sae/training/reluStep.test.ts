/** ReLU codes by lists or by the graph's gradient, whichever way a step goes. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../../engine/tensor/random.ts';
import { rowsInMemory } from '../../../sae/training/batches.ts';
import type { DictionaryState } from '../../../sae/training/dictionaryState.ts';
import { startDictionaryState } from '../../../sae/training/dictionaryState.ts';
import { GradientStep } from '../../../sae/training/gradientStep.ts';
import type { Plan } from '../../../sae/training/lossGraph.ts';
import { ReluStep } from '../../../sae/training/reluStep.ts';
import { mostActive, SelectionStep } from '../../../sae/training/selectionStep.ts';
import { startWeights } from '../../../sae/training/startWeights.ts';
import type { States, TrainingMoment } from '../../../sae/training/trainSideBySide.ts';
import { job, moments, trainedStates } from '../jobs.ts';
import { planOf } from '../plans.ts';
import { plantedRows } from '../plantedRows.ts';

const size = { width: 12, features: 96 };
const rate = { kind: 'constant', peak: 0.01, warmup: 0, floor: 1 } as const;
const asked: Plan = planOf('standard', { size, training: { rows: 30, rate } });
const random = seededRandom(3);
const batch = Float32Array.from({ length: 30 * size.width }, () => random.normal());

/** A state after its first step, with this much of every feature's bias and this share of rows active so far. */
async function stateWith(bias: number, density: number): Promise<DictionaryState> {
  const weights = await startWeights(asked, { width: size.width, data: batch }, seededRandom(1));
  weights.get('b_enc')?.fill(bias);
  const state = startDictionaryState(weights, size.features);
  return { ...state, step: 1, density: state.density.fill(density) };
}

const steps: { lists?: SelectionStep; graph?: GradientStep; relu?: ReluStep } = {};
beforeAll(async () => {
  steps.lists = await SelectionStep.create(asked);
  steps.graph = await GradientStep.create(asked);
  steps.relu = await ReluStep.create(asked);
});
afterAll(() => Promise.all(Object.values(steps).map((step) => step.release())));

describe('a step of ReLU codes', () => {
  const sparse = 0.5 / 32;

  it('goes by lists where few features were active', async () => {
    const found = await steps.relu?.run(asked, await stateWith(-2.5, sparse), batch);
    const lists = await steps.lists?.run(asked, await stateWith(-2.5, sparse), batch);
    expect(found?.report.l0).toBeLessThan(mostActive(size));
    expect({ ...found?.state }).toEqual({ ...lists?.state });
    expect(found?.report).toEqual(lists?.report);
  });

  it.each([
    ['many features were active', -2.5, 0.5],
    ['the batch has more codes than there is room for', 0, sparse],
  ])('goes by the gradient of the graph where %s', async (_, bias, density) => {
    const found = await steps.relu?.run(asked, await stateWith(bias, density), batch);
    const graph = await steps.graph?.run(asked, await stateWith(bias, density), batch);
    expect({ ...found?.state }).toEqual({ ...graph?.state });
    expect(found?.report).toEqual(graph?.report);
  });

  it('says so where lists alone are asked for and do not suffice', async () => {
    expect(await steps.lists?.runWithin(asked, await stateWith(0, sparse), batch)).toBeNull();
    await expect(steps.lists?.run(asked, await stateWith(0, sparse), batch)).rejects.toThrow('room');
  });
});

describe('a training that becomes sparse', () => {
  const rows = plantedRows(400, 24, 20, 0.08, 1);
  const source = rowsInMemory(rows, 40, 7);
  const training = { steps: 120, rate: { kind: 'constant', peak: 0.02, warmup: 0, floor: 1 } } as const;
  const sparsely = job('standard', { size: { width: 24, features: 96 }, settings: { sparsity: 4 }, training });
  let whole: readonly TrainingMoment[] = [];
  beforeAll(async () => {
    whole = await moments([sparsely], source);
  });

  const isByLists = ({ states }: TrainingMoment) =>
    (states.get('standard')?.density.reduce((sum, share) => sum + share, 0) ?? NaN) <= mostActive(sparsely.plan.size);

  it('goes over from one way to the other', () => {
    expect(whole.slice(0, 5).some(isByLists)).toBe(false);
    expect(whole.slice(-20).every(isByLists)).toBe(true);
  });

  it('comes out at the same bits from wherever it is gone on with', async () => {
    const turn = whole.findIndex(isByLists);
    const last = (whole.at(-1) as TrainingMoment).states;
    for (const stop of [turn - 1, turn, turn + 2]) {
      const stopped: States = (whole[stop] as TrainingMoment).states;
      expect(await trainedStates([sparsely], source, stopped)).toEqual(last);
    }
  });

  it('learns what the graph alone learns', async () => {
    const { plan } = sparsely;
    const graph = await GradientStep.create(plan);
    let state = startDictionaryState(await startWeights(plan, await source.sample(8192), seededRandom(1)), 96);
    // Past the turn, where both start from the same weights.
    state = (whole[60] as TrainingMoment).states.get('standard') ?? state;
    let loss = NaN;
    for (let step = 61; step < 120; step++) {
      const outcome = await graph.run(plan, state, await source.batch(step));
      [state, loss] = [outcome.state, outcome.report.loss];
    }
    const found = whole.at(-1)?.reports.get('standard')?.loss ?? NaN;
    expect(Math.abs(found / loss - 1)).toBeLessThan(1e-3);
    await graph.release();
  });
});
