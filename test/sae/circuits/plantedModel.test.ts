/** Methods on codes through the real scene, on a model whose circuit is known. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Scene } from '../../../engine/circuits/scene.ts';
import type { Model } from '../../../engine/run/index.ts';
import { openModel } from '../../../engine/run/index.ts';
import { taskTokenizer } from '../../../engine/service/calls/prompts.ts';
import { taskById } from '../../../engine/tasks/index.ts';
import { seededRandom } from '../../../engine/tensor/random.ts';
import type { NodeId } from '../../../engine/terms/nodes.ts';
import { plantedArea } from './plantedWrites.ts';
import { ranked } from './ranked.ts';

/** Of planted-ioi; its backup head acts only where the name mover does not, and is left out. */
const circuit: readonly NodeId[] = ['L0H1', 'L1H2', 'L2H0', 'L3H3'];
const backup: NodeId = 'L3H1';

let model: Model;
let scene: Scene;
beforeAll(async () => {
  model = await openModel('fixtures/models/planted-ioi');
  const { vocabulary } = model.family.shape;
  const request = { n: 40, random: seededRandom(0), tokenizer: taskTokenizer(model), vocabulary };
  const { prompts, metric } = taskById('ioi').generate(request);
  const { signal } = new AbortController();
  scene = new Scene(model, { prompts, metric, nodeSet: 'heads', seed: 0, signal });
});
afterAll(async () => model?.dispose());

async function area(id: string, settings: Readonly<Record<string, string | number>> = {}): Promise<number> {
  const { scores, forwardPasses } = await ranked(id, scene, settings);
  expect(forwardPasses).toBe(80);
  const kept = scene.nodes.map((node, i) => [node, scores[i] as number] as const).filter(([node]) => node !== backup);
  return plantedArea(
    kept.map(([, score]) => score),
    kept.map(([node]) => node),
    circuit,
  );
}

it.each([
  ['probe', 0.9],
  ['untrained', 0.85],
  ['hash', 0.7],
] as const)('finds what tells positive prompts from negative ones: %s', async (id, least) => {
  expect(await area(id)).toBeGreaterThan(least);
});

it('is not found by the length of writes', async () => {
  expect(await area('write-norm')).toBeLessThan(0.3);
});

it('is found by discrete codes where heads have their own scale', async () => {
  expect(await area('discrete-sae', { headScale: 'zScore', steps: 200 })).toBeGreaterThan(0.8);
});
