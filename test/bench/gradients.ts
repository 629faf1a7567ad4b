import { makeBatch } from '../../engine/run/batch.ts';
import type { Model } from '../../engine/run/index.ts';
import { openModel } from '../../engine/run/index.ts';
import { Tape } from '../../engine/run/tape.ts';
import type { Tensor } from '../../engine/tensor/tensor.ts';
import type { Prompt } from '../../engine/tasks/task.ts';
import { metricObjective } from '../../engine/train/metricObjective.ts';
import type { Benchmark } from './benchmark.ts';
import { interleaved, rounded, timed } from './benchmark.ts';
import { ioiPrompts } from './ioiPrompts.ts';
import { resetPeak, peakMegabytes } from './peakMemory.ts';

export const gradients: Benchmark = {
  id: 'gradients',
  about: 'd logit difference / d every z of 16 IOI prompts, taking turns with PyTorch forward + backward (eager, SDPA)',
  async run({ model: path, repeats, torch }) {
    const prompts = ioiPrompts();
    const model = await openModel(path, { weights: 'float32' });
    const slopes = headSums(await allSlopes(model, prompts), model.family.shape);
    const ours = () => timed(() => allSlopes(model, prompts));
    const request = {
      do: 'gradients',
      ids: prompts.map(({ ids }) => ids),
      answers: prompts.map(({ answers }) => answers[0] ?? 0),
      wrong: prompts.map(({ wrong }) => wrong[0] ?? 0),
    } as const;
    if (torch === null)
      return { ...(await interleaved({ headscope: ours }, repeats)), ...(await memory(model, prompts)) };
    const theirs = (attention: 'eager' | 'sdpa') => async () => (await torch.ask({ ...request, attention })).ms;
    const times = await interleaved({ headscope: ours, eager: theirs('eager'), sdpa: theirs('sdpa') }, repeats);
    const { gradients: expected = [] } = await torch.ask({ ...request, attention: 'eager' });
    const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const off = slopes.reduce((most, value, i) => Math.max(most, Math.abs(value - (expected[i] ?? NaN))), 0);
    const found = {
      ...times,
      overEager: rounded(times.headscope / times.eager, 2),
      overSdpa: rounded(times.headscope / times.sdpa, 2),
      largestDifferenceOfHeadSums: off / largest,
      ...(await memory(model, prompts)),
    };
    await model.dispose();
    return found;
  },
};

interface LayerSlopes {
  readonly z: Tensor;
  readonly gradient: Tensor;
}

/** z and its gradient in every layer, last layer first. */
async function allSlopes(model: Model, prompts: readonly Prompt[]): Promise<LayerSlopes[]> {
  const batch = makeBatch(
    prompts.map(({ ids }) => ids),
    model.family,
    'left',
  );
  const tape = await Tape.record(model, { batch });
  const objective = metricObjective('logitDifference', prompts, model.family.shape.outputVocabulary);
  let { upstream } = await tape.score({ ...objective, slots: prompts.map(() => batch.slots - 1) });
  const slopes: LayerSlopes[] = [];
  for (let layer = model.family.shape.layers - 1; layer >= 0; layer--) {
    const found = await tape.block(layer, upstream, { sites: ['z'], values: ['z'] });
    slopes.push({ z: found.values.get('z') as Tensor, gradient: found.sites.get('z') as Tensor });
    upstream = found.upstream;
  }
  return slopes;
}

/** Sum of z . gradient of every head, in layer order: what is compared. */
function headSums(slopes: readonly LayerSlopes[], { heads, headWidth }: Model['family']['shape']): number[] {
  return slopes.toReversed().flatMap(({ z, gradient }) => {
    const sums = new Array<number>(heads).fill(0);
    gradient.data.forEach((slope, i) => {
      const head = Math.floor(i / headWidth) % heads;
      sums[head] = (sums[head] ?? 0) + slope * (z.data[i] ?? NaN);
    });
    return sums;
  });
}

/** Megabytes of the whole process: before one more run (the runtime keeps what earlier ones took) and at its peak. */
async function memory(model: Model, prompts: readonly Prompt[]): Promise<{ residentMB: number; peakMB: number }> {
  const resident = process.memoryUsage().rss / 1e6;
  resetPeak();
  await allSlopes(model, prompts);
  return { residentMB: rounded(resident), peakMB: rounded(peakMegabytes()) };
}
