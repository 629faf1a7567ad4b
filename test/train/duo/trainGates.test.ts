/** Whole trainings: gates of known heads go where they must, and a training that was stopped goes on bit for bit. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Model } from '../../../engine/run/index.ts';
import { openModel } from '../../../engine/run/index.ts';
import { seededRandom } from '../../../engine/tensor/random.ts';
import type { GateState } from '../../../engine/train/duo/gateState.ts';
import { startGates } from '../../../engine/train/duo/gateState.ts';
import type { GateStepTaken, GateTraining } from '../../../engine/train/duo/trainGates.ts';
import { meanOf, trainGates } from '../../../engine/train/duo/trainGates.ts';
import type { LabelledText } from '../../../engine/train/duo/twoStreams.ts';

let model: Model;
beforeAll(async () => {
  model = await openModel('fixtures/models/planted-induction');
});
afterAll(() => model?.dispose());

/** BOS, 24 different tokens, and the same again, which count: what follows each stands 24 tokens back. */
function repeated(step: number): LabelledText {
  const random = seededRandom(step + 100);
  const { vocabulary } = model.family.shape;
  const drawn = random.shuffled(Array.from({ length: vocabulary - 2 }, (_, i) => i + 2)).slice(0, 24);
  const ids = [0, ...drawn, ...drawn];
  return { ids, labels: new Float32Array(ids.length).fill(1, 25) };
}

const training: Omit<GateTraining, 'from'> = {
  ...{ steps: 30, sink: 1, recent: 8, learningRate: 0.1, regularisation: 0.01 },
  textAt: repeated,
};

async function trained(from: GateState, more: Partial<GateTraining> = {}): Promise<GateStepTaken[]> {
  const taken: GateStepTaken[] = [];
  for await (const step of trainGates(model, { ...training, from, ...more })) taken.push(step);
  return taken;
}

describe('gates of a planted model', () => {
  it('stay up where a head copies from far back, and go to 0 where it looks back one token', async () => {
    const steps = await trained(startGates(8));
    const { gates } = steps.at(-1)?.state ?? expect.fail('no step');
    const gateOf = (layer: number, head: number) => gates[layer * 4 + head] ?? NaN;
    expect(gateOf(1, 1)).toBeGreaterThan(0.9);
    expect(gateOf(0, 2)).toBe(0);
  });

  it('all go to 0 where nothing beyond the window is needed', async () => {
    const steps = await trained(startGates(8), { recent: 49 });
    expect([...(steps.at(-1)?.state.gates ?? [])]).toEqual(Array(8).fill(0));
  });
});

describe('a training of gates', () => {
  it('tells of every step: losses before it, gates after it', async () => {
    const steps = await trained(startGates(8), { steps: 6 });
    expect(steps.map(({ state }) => state.step)).toEqual([1, 2, 3, 4, 5, 6]);
    const [first, second] = steps as [GateStepTaken, GateStepTaken];
    expect(first).toMatchObject({ tokens: 49, labels: 24, learningRate: 0.1 });
    expect(first.distillation).toBeLessThan(1e-9);
    expect(first.loss).toBeCloseTo(0.01, 6);
    expect(second.loss).toBeCloseTo(second.distillation + 0.01 * meanOf(first.state.gates), 6);
  });

  it('that was stopped goes on to the same gates bit for bit', async () => {
    const whole = await trained(startGates(8), { steps: 12 });
    const stopped: GateStepTaken[] = [];
    for await (const step of trainGates(model, { ...training, steps: 12, from: startGates(8) })) {
      stopped.push(step);
      if (step.state.step === 5) break;
    }
    const { step, gates, first, second } = stopped.at(-1)?.state ?? expect.fail('no step');
    // As a run on disk keeps it.
    const lists = JSON.parse(JSON.stringify([[...gates], [...first], [...second]])) as [number[], number[], number[]];
    const [a, b, c] = lists.map((list) => Float32Array.from(list)) as [Float32Array, Float32Array, Float32Array];
    const rest = await trained({ step, gates: a, first: b, second: c }, { steps: 12 });
    expect(rest).toHaveLength(7);
    expect(rest.at(-1)?.state).toEqual(whole.at(-1)?.state);
  });

  it('stops between two programs when it is told to', async () => {
    const controller = new AbortController();
    const steps: GateStepTaken[] = [];
    const run = async () => {
      for await (const step of trainGates(model, { ...training, from: startGates(8), signal: controller.signal })) {
        steps.push(step);
        if (step.state.step === 2) controller.abort();
      }
    };
    await expect(run()).rejects.toThrow(/abort/i);
    expect(steps).toHaveLength(2);
  });
});
