import { describe, expect, it } from 'vitest';
import type { Atoms } from '../../../sae/pursuit/pursuit.ts';
import { pursuitDefaults } from '../../../sae/pursuit/pursuit.ts';
import { pursuitCodes } from '../../../sae/pursuit/pursuitCodes.ts';
import { gramOf, pursue, pursueByGram } from '../../../sae/pursuit/pursue.ts';
import { drawnAtoms, drawnInputs, rowOf } from './samples.ts';

const shape = { width: 16, features: 40 };
const inputs = drawnInputs(20, shape);
const rows = Array.from({ length: 20 }, (_, row) => rowOf(inputs, row, 16));
const free: readonly [number, number] = [0.6, 1.2];

const square = (values: ArrayLike<number>) => Array.from(values).reduce((sum, value) => sum + value * value, 0);
const centred = ({ b_dec }: Atoms, x: Float32Array) => Float64Array.from(x, (value, k) => value - (b_dec[k] as number));
const dot = ({ W_dec, width }: Atoms, atom: number, r: ArrayLike<number>) =>
  Array.from({ length: width }, (_, k) => (W_dec[atom * width + k] as number) * (r[k] as number)).reduce(
    (a, b) => a + b,
  );

describe('matching pursuit with unit atoms', () => {
  const atoms = drawnAtoms(shape, 1);
  const after = (x: Float32Array, steps: number) => pursue(atoms, x, { ...pursuitDefaults, steps });

  it('leaves a residual that is orthogonal to the last atom', () => {
    for (const x of rows) {
      for (let steps = 1; steps <= 12; steps++) {
        const { picks, residual } = after(x, steps);
        expect(Math.abs(dot(atoms, picks.at(-1) as number, residual))).toBeLessThan(1e-5);
      }
    }
  });

  it('takes c^2 of the square at each pick, so that the error only falls', () => {
    for (const x of rows) {
      let left = square(centred(atoms, x));
      after(x, 12).coefficients.forEach((c, t) => {
        const next = square(after(x, t + 1).residual);
        expect(Math.abs(next + c * c - left)).toBeLessThan(1e-5);
        left = next;
      });
    }
  });

  it('with one step is the projection on the nearest atom', () => {
    for (const x of rows) {
      const scores = Array.from({ length: 40 }, (_, i) => dot(atoms, i, centred(atoms, x)));
      const { picks, coefficients } = after(x, 1);
      expect(coefficients[0]).toBeCloseTo(Math.max(...scores), 12);
      expect(picks[0]).toBe(scores.indexOf(Math.max(...scores)));
    }
  });
});

describe('the Gram form', () => {
  it.each([
    ['unit atoms', 1, pursuitDefaults],
    ['free atoms', free, pursuitDefaults],
    ['signed codes', free, { ...pursuitDefaults, clamped: false }],
    ['a relative threshold', 1, { ...pursuitDefaults, relativeThreshold: 0.05 }],
    ['an absolute threshold', free, { ...pursuitDefaults, absoluteThreshold: 1.1 }],
    ['a stop at repeats', free, { ...pursuitDefaults, steps: 40, stopsOnRepeat: true }],
  ] as const)('picks the same atoms with the same codes: %s', (_, norm, settings) => {
    const atoms = drawnAtoms(shape, norm);
    const gram = gramOf(atoms);
    for (const x of rows) {
      const [naive, fast] = [pursue(atoms, x, settings), pursueByGram(atoms, gram, x, settings)];
      expect(fast.picks).toEqual(naive.picks);
      fast.coefficients.forEach((c, t) => expect(c).toBeCloseTo(naive.coefficients[t] as number, 10));
      fast.residual.forEach((r, k) => expect(r).toBeCloseTo(naive.residual[k] as number, 10));
    }
  });
});

describe('where a pursuit ends', () => {
  // Atoms (1 0), (0 1), (.8 .6).
  const atoms: Atoms = {
    width: 2,
    features: 3,
    W_dec: Float64Array.of(1, 0, 0, 1, 0.8, 0.6),
    b_dec: new Float64Array(2),
  };

  it('before a pick that is not positive', () => {
    expect(pursue(atoms, [-1, -2], pursuitDefaults).picks).toEqual([]);
    expect(pursue(atoms, [3, 0], pursuitDefaults)).toMatchObject({ picks: [0], coefficients: [3] });
  });

  it('not there where codes are signed', () => {
    const { picks, coefficients } = pursue(atoms, [-1, -2], { ...pursuitDefaults, clamped: false, steps: 1 });
    expect([picks, coefficients]).toEqual([[0], [-1]]);
  });

  it('of equal products the lowest atom is picked', () => {
    const twins = { ...atoms, W_dec: Float64Array.of(0, 1, 1, 0, 1, 0) };
    expect(pursue(twins, [1, 0], pursuitDefaults).picks).toEqual([1]);
  });

  it('below a threshold, after the pick that got there', () => {
    const x = [1, 0.2];
    expect(pursue(atoms, x, { ...pursuitDefaults, steps: 1 }).picks).toEqual([0]);
    expect(pursue(atoms, x, { ...pursuitDefaults, relativeThreshold: 0.05 }).picks).toEqual([0]);
    expect(pursue(atoms, x, { ...pursuitDefaults, absoluteThreshold: 0.21 }).picks).toEqual([0]);
    expect(pursue(atoms, x, { ...pursuitDefaults, absoluteThreshold: 0.19 }).picks).toEqual([0, 1]);
  });

  it('after a repeat, where that is wanted; the repeat counts', () => {
    const long = drawnAtoms(shape, 0.6);
    for (const x of rows) {
      const all = pursue(long, x, { ...pursuitDefaults, steps: 64 }).picks;
      const repeat = all.findIndex((pick, t) => all.indexOf(pick) < t);
      const stopped = pursue(long, x, { ...pursuitDefaults, steps: 64, stopsOnRepeat: true }).picks;
      expect(repeat).toBeGreaterThan(0);
      expect(stopped).toEqual(all.slice(0, repeat + 1));
    }
  });
});

describe('codes of a pursuit', () => {
  it('add what an atom got at each of its picks, and count them', () => {
    const counts = [3, 0, 2];
    const atoms = [5, 2, 5, 9, 9, 9, 1, 0, 9];
    const coefficients = [1, 2, 0.5, 9, 9, 9, 4, 3, 9];
    const codes = pursuitCodes({ features: 6, stride: 3, counts, atoms, coefficients });
    expect([...codes.starts]).toEqual([0, 2, 2, 4]);
    expect([...codes.indices]).toEqual([2, 5, 0, 1]);
    expect([...codes.values]).toEqual([2, 1.5, 3, 4]);
    expect([...codes.multiplicities]).toEqual([1, 2, 1, 1]);
  });
});
