/** The backward pass against central differences in float64, and against one that keeps every residual. */
import { describe, expect, it } from 'vitest';
import type { Atoms, Pursuit } from '../../../sae/pursuit/pursuit.ts';
import { pursuitDefaults } from '../../../sae/pursuit/pursuit.ts';
import type { PursuitGradient } from '../../../sae/pursuit/pursuitGradient.ts';
import { addPursuitGradient, zeroGradient } from '../../../sae/pursuit/pursuitGradient.ts';
import { pursue } from '../../../sae/pursuit/pursue.ts';
import { drawnAtoms, drawnInputs, rowOf } from './samples.ts';

const shape = { width: 6, features: 10 };
const settings = { ...pursuitDefaults, steps: 5 };
const count = 8;
const inputs = drawnInputs(count, shape);
const rows = Array.from({ length: count }, (_, row) => rowOf(inputs, row, shape.width));

const double = (atoms: Atoms): Atoms => ({
  ...atoms,
  W_dec: Float64Array.from(atoms.W_dec),
  b_dec: Float64Array.from(atoms.b_dec),
});
const square = (values: Float64Array) => values.reduce((sum, value) => sum + value * value, 0);

function analytic(kind: 'full' | 'heldCodes', atoms: Atoms): PursuitGradient {
  const gradient = zeroGradient(atoms);
  for (const x of rows) addPursuitGradient(kind, atoms, pursue(atoms, x, settings), 1 / count, gradient);
  return gradient;
}

/** Central differences of a loss in every value of both weights. */
function numeric(atoms: Atoms, loss: (atoms: Atoms) => number): PursuitGradient {
  const step = 1e-5;
  const along = (name: 'W_dec' | 'b_dec') =>
    Float64Array.from(atoms[name], (_, i) => {
      const moved = (by: number) => {
        const copy = Float64Array.from(atoms[name]);
        copy[i] = (copy[i] as number) + by;
        return loss({ ...atoms, [name]: copy });
      };
      return (moved(step) - moved(-step)) / (2 * step);
    });
  return { W_dec: along('W_dec'), b_dec: along('b_dec') };
}

function expectSame(a: PursuitGradient, b: PursuitGradient, tolerance: number): void {
  for (const name of ['W_dec', 'b_dec'] as const) {
    const largest = Math.max(...b[name].map(Math.abs));
    const gap = Math.max(...a[name].map((value, i) => Math.abs(value - (b[name][i] as number))));
    expect(gap / largest, name).toBeLessThan(tolerance);
  }
}

/** Residuals r_0 ... r_T kept: the same derivative, written without running back. */
function withResidualsKept(
  atoms: Atoms,
  x: Float32Array,
  { picks, coefficients }: Pursuit,
  into: PursuitGradient,
): void {
  const { width, W_dec, b_dec } = atoms;
  const d = (pick: number) => W_dec.slice(pick * width, (pick + 1) * width) as Float64Array;
  const residuals = [Float64Array.from(x, (value, k) => value - (b_dec[k] as number))];
  picks.forEach((pick, t) => {
    const r = residuals[t] as Float64Array;
    residuals.push(r.map((value, k) => value - (coefficients[t] as number) * (d(pick)[k] as number)));
  });
  let g = (residuals.at(-1) as Float64Array).map((value) => (2 * value) / count);
  picks.toReversed().forEach((pick, i) => {
    const t = picks.length - 1 - i;
    const r = residuals[t] as Float64Array;
    // r_t = r - (d . r) d:  dL/dd = -(d . r) g - (d . g) r,  dL/dr = g - (d . g) d.
    const along = d(pick).reduce((sum, value, k) => sum + value * (g[k] as number), 0);
    const c = d(pick).reduce((sum, value, k) => sum + value * (r[k] as number), 0);
    for (let k = 0; k < width; k++) {
      const at = pick * width + k;
      into.W_dec[at] = (into.W_dec[at] as number) - c * (g[k] as number) - along * (r[k] as number);
    }
    g = g.map((value, k) => value - along * (d(pick)[k] as number));
  });
  g.forEach((value, k) => (into.b_dec[k] = (into.b_dec[k] as number) - value));
}

describe.each([
  ['unit atoms', 1],
  ['atoms of any length', [0.5, 1.3]],
] as const)('with %s', (_, norm) => {
  const atoms = double(drawnAtoms(shape, norm));

  it('picks are away from ties, so that differences see one path', () => {
    for (const x of rows) {
      const { picks } = pursue(atoms, x, settings);
      const nudged = { ...atoms, W_dec: atoms.W_dec.map((value, i) => value + (i % 2 === 0 ? 1e-4 : -1e-4)) };
      expect(pursue(nudged, x, settings).picks).toEqual(picks);
    }
  });

  it('the full gradient is that of the loss', () => {
    const loss = (moved: Atoms) =>
      rows.reduce((sum, x) => sum + square(pursue(moved, x, settings).residual), 0) / count;
    expectSame(analytic('full', atoms), numeric(atoms, loss), 1e-6);
  });

  it('the gradient with held codes is that of the loss with codes held', () => {
    const held = rows.map((x) => pursue(atoms, x, settings));
    const loss = ({ W_dec, b_dec }: Atoms) =>
      held.reduce((sum, { picks, coefficients }, row) => {
        const r = Float64Array.from(rows[row] as Float32Array, (value, k) => value - (b_dec[k] as number));
        picks.forEach((pick, t) =>
          r.forEach((value, k) => {
            r[k] = value - (coefficients[t] as number) * (W_dec[pick * shape.width + k] as number);
          }),
        );
        return sum + square(r);
      }, 0) / count;
    expectSame(analytic('heldCodes', atoms), numeric(atoms, loss), 1e-6);
  });

  it('running back finds what keeping every residual gives', () => {
    const kept = zeroGradient(atoms);
    for (const x of rows) withResidualsKept(atoms, x, pursue(atoms, x, settings), kept);
    expectSame(analytic('full', atoms), kept, 1e-12);
  });
});
