import { readFileSync } from 'node:fs';
import { familyOf } from '../../engine/arch/index.ts';
import { trainConfig } from '../../engine/results/train.ts';
import { seededRandom } from '../../engine/tensor/random.ts';
import { startWeights } from '../../engine/train/startWeights.ts';
import { startState } from '../../engine/train/state.ts';
import { stepGraph, TrainingStep } from '../../engine/train/trainingStep.ts';
import type { Benchmark } from './benchmark.ts';
import { interleaved, rounded, timed } from './benchmark.ts';

const shapes = [
  { rows: 32, length: 128 },
  { rows: 8, length: 512 },
] as const;

export const training: Benchmark = {
  id: 'training',
  about: 'one training step of tiny-heads (forward, backward, clipping, AdamW), taking turns with PyTorch (SDPA)',
  async run({ repeats, torch }) {
    const config = trainConfig.parse(JSON.parse(readFileSync('fixtures/make/tinyHeads.json', 'utf8')));
    const { family } = familyOf(config.model);
    const found: Record<string, unknown> = {};
    for (const shape of shapes) {
      const { weights } = stepGraph(family, shape, config.optimiser);
      const random = seededRandom(1);
      let state = startState(startWeights(weights, family.shape.layers, config.start, random));
      const step = await TrainingStep.create(family, shape, config.optimiser);
      const count = shape.rows * shape.length;
      const ids = BigInt64Array.from({ length: count }, () => BigInt(random.below(family.shape.vocabulary)));
      const batch = { ids, targets: ids, weights: new Float32Array(count).fill(1) };
      const ours = () => timed(async () => (state = (await step.run(state, batch, 1e-3)).state));
      const perSecond = (ms: number) => Math.round((1000 * count) / ms);
      const name = `${shape.rows}x${shape.length}`;
      if (torch === null) {
        found[name] = { tokensPerSecond: perSecond((await interleaved({ ours }, repeats)).ours) };
      } else {
        const theirs = async () => (await torch.ask({ do: 'trainStep', config: config.model, ...shape })).ms;
        const times = await interleaved({ ours, theirs }, repeats);
        const [headscope, pytorch] = [perSecond(times.ours), perSecond(times.theirs)];
        found[name] = { headscope, pytorch, ratio: rounded(headscope / pytorch, 2) };
      }
      await step.release();
    }
    return found;
  },
};
