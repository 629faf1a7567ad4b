import { seededRandom } from '../../engine/tensor/random.ts';
import { GradientStep } from '../../sae/training/gradientStep.ts';
import { SelectionStep } from '../../sae/training/selectionStep.ts';
import { startDictionaryState } from '../../sae/training/dictionaryState.ts';
import type { JobRequest } from '../../sae/training/job.ts';
import { jobOf } from '../../sae/training/job.ts';
import { startWeights } from '../../sae/training/startWeights.ts';
import { defaultTraining } from '../../sae/training/trainingSettings.ts';
import type { Benchmark } from './benchmark.ts';
import { interleaved, rounded } from './benchmark.ts';

const shape = { rows: 1024, width: 768, features: 6144 } as const;

const kinds = [
  { variant: 'standard', settings: { sparsity: 5 }, k: 0 },
  { variant: 'topK', settings: { k: 32 }, k: 32 },
  { variant: 'batchTopK', settings: { k: 32 }, k: 32 },
] as const;

export const dictionaries: Benchmark = {
  id: 'dictionaries',
  about: 'one training step at d 768, F 6,144, 1,024 rows, taking turns with the same arithmetic in PyTorch',
  async run({ repeats, torch }) {
    const found: Record<string, unknown> = {};
    for (const { variant, settings, k } of kinds) {
      const { ours, close } = await prepared(variant, settings);
      const peer = async () =>
        (await (torch ?? noTorch()).ask({ do: 'dictionaryStep', kind: variant, k, ...shape })).ms;
      const times = await interleaved<string>(torch === null ? { ours } : { ours, torch: peer }, repeats);
      const ratio = rounded((times['ours'] ?? NaN) / (times['torch'] ?? NaN), 2);
      found[variant] = torch === null ? times : { ...times, ratio };
      await close();
    }
    return found;
  },
};

function noTorch(): never {
  throw new Error('PyTorch is left out');
}

/** The first step, which also compiles, is not counted. */
async function prepared(variant: string, settings: JobRequest['settings']) {
  const { rows, width, features } = shape;
  const { plan } = jobOf({
    ...{ name: variant, variant, size: { width, features }, settings, firstColumn: 0 },
    training: { ...defaultTraining, rows },
    input: {
      ...{ site: 'attnOut', layer: 0, head: null, rows: 'token', valueBias: 'kept', centred: false },
      ...{ scale: 1, normalisation: 'none', subtractsBias: true },
    },
  });
  const random = seededRandom(1);
  const x = Float32Array.from({ length: rows * width }, () => random.normal());
  const step = await (SelectionStep.takes(plan) ? SelectionStep : GradientStep).create(plan);
  let state = startDictionaryState(await startWeights(plan, { width, data: x }, seededRandom(2)), features);
  const take = async () => {
    const start = performance.now();
    ({ state } = await step.run(plan, state, x));
    return performance.now() - start;
  };
  await take();
  return { ours: take, close: () => step.release() };
}
