import { seededRandom } from '../../engine/tensor/random.ts';
import { ReluStep } from '../../sae/training/reluStep.ts';
import { SelectionStep } from '../../sae/training/selectionStep.ts';
import { startDictionaryState } from '../../sae/training/dictionaryState.ts';
import type { JobRequest } from '../../sae/training/job.ts';
import { jobOf } from '../../sae/training/job.ts';
import { startWeights } from '../../sae/training/startWeights.ts';
import { defaultTraining } from '../../sae/training/trainingSettings.ts';
import type { Benchmark } from './benchmark.ts';
import { interleaved, rounded } from './benchmark.ts';

const shape = { rows: 1024, width: 768, features: 6144 } as const;

/** `offset` is what the encoder's bias starts at: at 0 half of the ReLU codes are active, at -2.31 about 64 of these. */
const kinds = [
  { name: 'reluAtStart', variant: 'standard', settings: { sparsity: 5 }, k: 0, offset: 0 },
  { name: 'reluOnceSparse', variant: 'standard', settings: { sparsity: 5 }, k: 0, offset: -2.31 },
  { name: 'topK', variant: 'topK', settings: { k: 32 }, k: 32, offset: 0 },
  { name: 'batchTopK', variant: 'batchTopK', settings: { k: 32 }, k: 32, offset: 0 },
] as const;

export const dictionaries: Benchmark = {
  id: 'dictionaries',
  about: 'one training step at d 768, F 6,144, 1,024 rows, taking turns with the same arithmetic in PyTorch',
  async run({ repeats, torch }) {
    const found: Record<string, unknown> = {};
    for (const { name, variant, settings, k, offset } of kinds) {
      const { ours, close, active } = await prepared(variant, settings, offset);
      const peer = async () =>
        (await (torch ?? noTorch()).ask({ do: 'dictionaryStep', kind: variant, k, offset, ...shape })).ms;
      const times = await interleaved<string>(torch === null ? { ours } : { ours, torch: peer }, repeats);
      const ratio = rounded((times['ours'] ?? NaN) / (times['torch'] ?? NaN), 2);
      found[name] = { active: active(), ...times, ...(torch === null ? {} : { ratio }) };
      await close();
    }
    return found;
  },
};

function noTorch(): never {
  throw new Error('PyTorch is left out');
}

/** The first steps are not counted: they compile, and those of ReLU codes know of the second on how many are active. */
async function prepared(variant: string, settings: JobRequest['settings'], offset: number) {
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
  const step = await (ReluStep.takes(plan) ? ReluStep : SelectionStep).create(plan);
  const start = await startWeights(plan, { width, data: x }, seededRandom(2));
  start.get('b_enc')?.fill(offset);
  let state = startDictionaryState(start, features);
  let l0 = 0;
  const take = async () => {
    const start = performance.now();
    const { state: next, report } = await step.run(plan, state, x);
    [state, l0] = [next, report.l0];
    return performance.now() - start;
  };
  await take();
  await take();
  return { ours: take, close: () => step.release(), active: () => rounded(l0, 1) };
}
