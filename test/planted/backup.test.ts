/** What single ablations do not show: heads that stand in for another, push the other way, or only zero ablation finds. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ioi as ioiTask } from '../../engine/tasks/ioi.ts';
import { seededRandom } from '../../engine/tensor/random.ts';
import { ioi } from '../../fixtures/make/planted/ioi.ts';
import type { PlantedCircuit } from '../../fixtures/make/planted/plantedModel.ts';
import type { Removed } from './removal.ts';
import { Scene } from './scene.ts';

describe('the name movers of planted-ioi', () => {
  const [circuit] = ioi.circuits as readonly [PlantedCircuit];
  let scene: Scene;

  beforeAll(async () => {
    scene = await Scene.open(ioi);
  });

  afterAll(async () => scene?.model.dispose());

  const difference = (...removed: readonly Removed[]) => scene.metric(circuit, scene.prompts(circuit), removed);

  it('add up to 12 logits: 16 of the mover, -4 of the negative one', async () => {
    expect(await difference()).toBeCloseTo(12, 3);
    expect(await difference('L3H3')).toBeCloseTo(16, 3);
  });

  it('have a backup that does nothing until the mover is gone', async () => {
    expect(await difference('L3H1')).toBeCloseTo(12, 3);
    expect(await difference('L2H0')).toBeCloseTo(8, 3);
    expect(await difference('L2H0', 'L3H1')).toBeCloseTo(0, 3);
  });

  it('have a backup that the mover holds back through its queries', async () => {
    expect(await difference({ from: 'L2H0', to: 'L3H1', input: 'q' })).toBeCloseTo(20, 3);
  });

  it('follow the inhibition: without it the name said twice wins', async () => {
    expect(await difference('L1H2')).toBeLessThan(-1);
  });

  it('do every template of the task', async () => {
    const { model } = scene;
    const { tokenizer } = model;
    const own = {
      encode: (text: string) => tokenizer.encode(text, { special: false }),
      decode: (ids: readonly number[]) => tokenizer.decode(ids),
      bosId: tokenizer.bosId,
    };
    const vocabulary = model.family.shape.vocabulary;
    for (const seed of [1, 2, 3]) {
      const { prompts } = ioiTask.generate({ n: 32, random: seededRandom(seed), tokenizer: own, vocabulary });
      expect(await scene.metric(circuit, prompts, [])).toBeCloseTo(12, 3);
    }
  });
});
