import { seededRandom } from '../../engine/tensor/random.ts';
import { PursuitKernels } from '../../sae/pursuit/pursuitKernels.ts';
import { pursuitDefaults } from '../../sae/pursuit/pursuit.ts';
import { usefulThreads } from '../../sae/pursuit/helperThreads.ts';
import type { PursuitTraining } from '../../sae/pursuit/pursuitTraining.ts';
import type { Benchmark } from './benchmark.ts';
import { interleaved, rounded } from './benchmark.ts';

const shapes = [
  { rows: 1024, width: 64, features: 512, steps: 16 },
  { rows: 1024, width: 64, features: 1024, steps: 16 },
] as const;

/** Steps of ours in one timing: one alone is shorter than what the machine's clock and other work make of it. */
const STEPS = 5;

const training: Omit<PursuitTraining, 'pursuit'> = {
  gradient: 'full',
  norm: 'ball',
  frozen: [],
  optimiser: { betas: [0.9, 0.999], epsilon: 1e-8, weightDecay: 0, clip: 1 },
  push: 0,
};

export const pursuit: Benchmark = {
  id: 'pursuit',
  about: 'one training step of matching pursuit at head width, taking turns with its PyTorch code in two forms',
  async run({ repeats, torch }) {
    const found: Record<string, unknown> = {};
    for (const shape of shapes) {
      const perSecond = (ms: number) => Math.round((1000 * shape.rows) / ms);
      const { ours, close } = await prepared(shape);
      const ask = (form: 'dense' | 'gathered') => async () =>
        (await (torch ?? noTorch()).ask({ do: 'pursuitStep', form, ...shape })).ms;
      const others = torch === null ? {} : { dense: ask('dense'), gathered: ask('gathered') };
      const times = await interleaved<string>({ ours, ...others }, repeats);
      const entries = Object.entries(times).map(([name, ms]) => [name, perSecond(ms)] as const);
      const ratios = Object.entries(times)
        .filter(([name]) => name !== 'ours')
        .map(([name, ms]) => [`timesFasterThan_${name}`, rounded(ms / (times['ours'] as number), 2)] as const);
      const name = `d${shape.width} F${shape.features} T${shape.steps} B${shape.rows}`;
      found[name] = { samplesPerSecond: Object.fromEntries(entries), ...Object.fromEntries(ratios) };
      await close();
    }
    return found;
  },
};

function noTorch(): never {
  throw new Error('PyTorch is left out');
}

async function prepared(shape: (typeof shapes)[number]) {
  const { rows, width, features, steps } = shape;
  const random = seededRandom(1);
  const kernels = await PursuitKernels.create(shape, usefulThreads(shape));
  const normals = (count: number) => Float32Array.from({ length: count }, () => random.normal());
  kernels.write('weights', {
    W_dec: normals(features * width).map((value) => value / Math.sqrt(width)),
    b_dec: new Float32Array(width),
  });
  const x = normals(rows * width);
  const settings = { ...training, pursuit: { ...pursuitDefaults, steps } };
  const dead = new Float32Array(features);
  let step = 0;
  const ours = () => {
    const start = performance.now();
    for (let i = 0; i < STEPS; i++) kernels.train(x, settings, { rate: 1e-3, step: ++step, dead });
    return Promise.resolve((performance.now() - start) / STEPS);
  };
  return { ours, close: () => kernels.close() };
}
