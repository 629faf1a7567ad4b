/** The kernels against the plain float64 forms, and against themselves with another number of threads. */
import { describe, expect, it } from 'vitest';
import type { Atoms, PursuitSettings } from '../../../sae/pursuit/pursuit.ts';
import { pursuitDefaults } from '../../../sae/pursuit/pursuit.ts';
import { zeroGradient } from '../../../sae/pursuit/pursuitGradient.ts';
import type { AtomsAndBias, Encoded } from '../../../sae/pursuit/pursuitKernels.ts';
import { PursuitKernels } from '../../../sae/pursuit/pursuitKernels.ts';
import type { PursuitTraining } from '../../../sae/pursuit/pursuitTraining.ts';
import { plainStep } from '../../../sae/pursuit/plainStep.ts';
import { pursue } from '../../../sae/pursuit/pursue.ts';
import { drawnAtoms, drawnInputs, rowOf } from './samples.ts';

const free: readonly [number, number] = [0.6, 1.2];

/** float32 rounds each product and sum by 6e-8 of itself; over a pursuit that adds up to well below this share of |x|. */
const TOLERANCE = 1e-5;

const asWeights = ({ W_dec, b_dec }: Atoms): AtomsAndBias => ({
  W_dec: Float32Array.from(W_dec),
  b_dec: Float32Array.from(b_dec),
});

async function withKernels<T>(
  shape: { width: number; features: number; rows: number; steps: number },
  threads: number,
  act: (kernels: PursuitKernels) => T | Promise<T>,
): Promise<T> {
  const kernels = await PursuitKernels.create(shape, threads);
  try {
    return await act(kernels);
  } finally {
    await kernels.close();
  }
}

/**
 * Where picks are the same as the reference's, codes and residuals are close. Gives the share of rows with the same picks:
 * where two products come closer than rounding, both ways are right.
 */
function compare(atoms: Atoms, x: Float32Array, settings: PursuitSettings, found: Encoded): number {
  const rows = found.counts.length;
  let whole = 0;
  for (let row = 0; row < rows; row++) {
    const wanted = pursue(atoms, rowOf(x, row, atoms.width), settings);
    const start = row * found.stride;
    const picks = Array.from({ length: found.counts[row] as number }, (_, t) => found.atoms[start + t]);
    if (picks.length !== wanted.picks.length || picks.some((pick, t) => pick !== wanted.picks[t])) continue;
    whole++;
    const scale = Math.hypot(...rowOf(x, row, atoms.width));
    const gaps = wanted.coefficients.map((c, t) => Math.abs(c - (found.coefficients[start + t] as number)));
    expect(Math.max(0, ...gaps) / scale).toBeLessThan(TOLERANCE);
    const square = wanted.residual.reduce((sum, value) => sum + value * value, 0);
    expect(Math.abs(square - (found.squares[row] as number)) / scale ** 2).toBeLessThan(TOLERANCE);
  }
  return whole / rows;
}

describe('encoding', () => {
  it.each([
    ['a head', { width: 64, features: 512, rows: 16 }, 1, {}],
    ['free atoms', { width: 64, features: 128, rows: 32 }, free, {}],
    ['sizes that fill no vector, panel or tile', { width: 13, features: 21, rows: 30 }, free, { steps: 9 }],
    ['signed codes, also in the padding', { width: 5, features: 3, rows: 23 }, free, { steps: 4, clamped: false }],
    ['a relative threshold', { width: 16, features: 64, rows: 50 }, 1, { relativeThreshold: 0.1 }],
    ['an absolute threshold', { width: 16, features: 64, rows: 50 }, 1, { absoluteThreshold: 1.5 }],
    ['a stop at repeats', { width: 16, features: 20, rows: 50 }, free, { steps: 40, stopsOnRepeat: true }],
    ['many picks', { width: 64, features: 96, rows: 16 }, 1, { steps: 64 }],
  ] as const)('gives the codes of the reference: %s', async (_, { rows, ...size }, norm, options) => {
    const settings = { ...pursuitDefaults, ...options };
    const atoms = drawnAtoms(size, norm);
    const x = drawnInputs(rows, size);
    const found = await withKernels({ ...size, rows, steps: settings.steps }, 1, (kernels) => {
      kernels.write('weights', asWeights(atoms));
      return kernels.encode(x, settings);
    });
    // Late picks of long pursuits of residuals near nothing can be ties in float32.
    expect(compare(atoms, x, settings, found)).toBeGreaterThan(0.9);
  });

  it('takes the lowest of equal atoms, and none for what no atom helps', async () => {
    const size = { width: 4, features: 40 };
    const W_dec = new Float32Array(160);
    for (const [atom, component] of [
      [7, 0],
      [9, 0],
      [33, 0],
      [12, 1],
    ] as const)
      W_dec[4 * atom + component] = 1;
    const found = await withKernels({ ...size, rows: 3, steps: 4 }, 1, (kernels) => {
      kernels.write('weights', { W_dec, b_dec: new Float32Array(4) });
      return kernels.encode(Float32Array.of(2, 1, 0, 0, -1, -1, 0, 0, 0, 0, 5, 0), { ...pursuitDefaults, steps: 4 });
    });
    expect([...(found.counts as Int32Array)]).toEqual([2, 0, 0]);
    expect([...(found.atoms as Int32Array).slice(0, 2)]).toEqual([7, 12]);
    expect([...found.squares]).toEqual([0, 2, 25]);
  });

  it('fewer rows and fewer steps than there is room for', async () => {
    const size = { width: 16, features: 64 };
    const atoms = drawnAtoms(size, 1);
    const x = drawnInputs(5, size);
    const settings = { ...pursuitDefaults, steps: 3 };
    const found = await withKernels({ ...size, rows: 100, steps: 16 }, 1, (kernels) => {
      kernels.write('weights', asWeights(atoms));
      return kernels.encode(x, settings);
    });
    expect(found.counts).toHaveLength(5);
    expect(compare(atoms, x, settings, found)).toBe(1);
  });

  it('refuses what does not fit', async () => {
    const shape = { width: 8, features: 16, rows: 4, steps: 2 };
    await withKernels(shape, 1, (kernels) => {
      const steps = (count: number) => ({ ...pursuitDefaults, steps: count });
      expect(() => kernels.encode(new Float32Array(40), steps(2))).toThrow('at most 4 rows of 8');
      expect(() => kernels.encode(new Float32Array(12), steps(2))).toThrow('at most 4 rows of 8');
      expect(() => kernels.encode(new Float32Array(8), steps(3))).toThrow('2 steps');
    });
    const large = PursuitKernels.create({ width: 768, features: 49152, rows: 64, steps: 8 }, 1);
    await expect(large).rejects.toThrow(
      '49152 features of width 768, 64 rows at a time: matching pursuit of this size',
    );
  });
});

const size = { width: 13, features: 21 };
const training: PursuitTraining = {
  pursuit: { ...pursuitDefaults, steps: 5 },
  optimiser: { betas: [0.9, 0.999], epsilon: 1e-8, weightDecay: 0, clip: null },
  gradient: 'full',
  norm: 'ball',
  frozen: [],
  push: 0,
};
const dead = Float32Array.from({ length: 21 }, (_, i) => Number(i % 5 === 2));

function largestGap(a: AtomsAndBias, b: { W_dec: ArrayLike<number>; b_dec: ArrayLike<number> }): number {
  const gap = (x: Float32Array, y: ArrayLike<number>) =>
    Math.max(...x.map((value, i) => Math.abs(value - (y[i] as number))));
  return Math.max(gap(a.W_dec, b.W_dec), gap(a.b_dec, b.b_dec));
}

describe('a training step', () => {
  it.each([
    ['in the ball', {}],
    ['of free atoms', { norm: 'free' }],
    ['on the sphere', { norm: 'sphere' }],
    ['with codes held', { gradient: 'heldCodes' }],
    ['with a bias that stays', { frozen: ['b_dec'] }],
    ['with atoms that stay', { frozen: ['W_dec'], optimiser: { ...training.optimiser, weightDecay: 0.1 } }],
    ['with signed codes', { pursuit: { ...training.pursuit, clamped: false } }],
    ['with clipping and weight decay', { optimiser: { ...training.optimiser, clip: 0.3, weightDecay: 0.1 } }],
    ['with a push of dead atoms', { push: 0.5 }],
  ] as const)('is that of the reference: %s', async (_, change) => {
    const settings: PursuitTraining = { ...training, ...change };
    const drawn = drawnAtoms(size, free);
    const atoms = { ...drawn, W_dec: Float64Array.from(drawn.W_dec), b_dec: Float64Array.from(drawn.b_dec) };
    const [first, second] = [zeroGradient(atoms), zeroGradient(atoms)];
    await withKernels({ ...size, rows: 40, steps: 5 }, 1, (kernels) => {
      kernels.write('weights', asWeights(drawn));
      for (let step = 1; step <= 3; step++) {
        const x = drawnInputs(step === 2 ? 37 : 40, size, step);
        const rows = Array.from({ length: x.length / 13 }, (__, row) => rowOf(x, row, 13));
        // Both from the same weights at each step: Adam's first steps are signs of gradients.
        kernels.write('weights', asWeights(atoms));
        kernels.write('first', asWeights({ ...atoms, ...first }));
        kernels.write('second', asWeights({ ...atoms, ...second }));
        const numbers = { rate: 0.01, step, dead };
        const norm = kernels.train(x, settings, numbers);
        const wanted = plainStep({ atoms, first, second }, rows, settings, numbers);
        expect(norm / wanted.gradientNorm).toBeCloseTo(1, 5);
        expect(largestGap(kernels.gradient(), wanted.gradient) / wanted.gradientNorm).toBeLessThan(1e-5);
        expect(largestGap(kernels.read('first'), first)).toBeLessThan(1e-5);
        expect(largestGap(kernels.read('second'), second)).toBeLessThan(1e-5);
        // A step is at most rate long, and its error that of g / sqrt(v): small where g is not near nothing.
        expect(largestGap(kernels.read('weights'), atoms)).toBeLessThan(2e-5);
      }
    });
  });

  it('gives the same bits with one thread and with three', async () => {
    const shape = { width: 16, features: 72, rows: 90, steps: 6 };
    const atoms = asWeights(drawnAtoms(shape, 1));
    const trained = (threads: number) =>
      withKernels(shape, threads, (kernels) => {
        kernels.write('weights', atoms);
        for (let step = 1; step <= 10; step++) {
          kernels.train(drawnInputs(90, shape, step), training, { rate: 0.01, step, dead: new Float32Array(72) });
        }
        return { weights: kernels.read('weights'), codes: kernels.encode(drawnInputs(90, shape), training.pursuit) };
      });
    expect(await trained(3)).toEqual(await trained(1));
  });
});
