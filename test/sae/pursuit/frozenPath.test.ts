import { describe, expect, it } from 'vitest';
import { frozenPath } from '../../../sae/pursuit/frozenPath.ts';
import { pursuitDefaults } from '../../../sae/pursuit/pursuit.ts';
import { pursue } from '../../../sae/pursuit/pursue.ts';
import { drawnAtoms, drawnInputs, rowOf } from './samples.ts';

const size = { width: 12, features: 20 };
const count = 20;
const inputs = drawnInputs(count, size);
const rows = Array.from({ length: count }, (_, row) => rowOf(inputs, row, size.width));

const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, value, k) => sum + value * (b[k] as number), 0);

describe.each([
  ['unit atoms', 1],
  ['atoms of any length', [0.5, 1.2]],
] as const)('codes along a frozen path, %s', (_, norm) => {
  const atoms = drawnAtoms(size, norm);

  it.each([4, 30])('are w . (x - b_dec) exactly, %i picks', (steps) => {
    let repeats = 0;
    for (const x of rows) {
      const { picks, coefficients } = pursue(atoms, x, { ...pursuitDefaults, steps });
      const weights = frozenPath(atoms, picks);
      repeats += picks.length - weights.size;
      const centred = Array.from(x, (value, k) => value - (atoms.b_dec[k] as number));
      for (const [atom, w] of weights) {
        const code = coefficients.filter((__, t) => picks[t] === atom).reduce((sum, c) => sum + c, 0);
        expect(Math.abs(dot(w, centred) - code)).toBeLessThan(1e-12);
      }
    }
    // Atoms that are picked again are among them.
    expect(repeats).toBeGreaterThan(0);
  });

  it('so that parts of the input share a code without rest', () => {
    for (const x of rows) {
      const { picks, coefficients } = pursue(atoms, x, { ...pursuitDefaults, steps: 6 });
      const parts = [
        x.map((value, k) => (k < 5 ? value : 0)),
        x.map((value, k) => (k < 5 ? 0 : value)),
        atoms.b_dec.map((b) => -b),
      ];
      const total = [...frozenPath(atoms, picks).values()].flatMap((w) => parts.map((part) => dot(w, part)));
      expect(total.reduce((sum, value) => sum + value, 0)).toBeCloseTo(
        coefficients.reduce((sum, c) => sum + c, 0),
        10,
      );
    }
  });
});
