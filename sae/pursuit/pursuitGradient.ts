/** Gradients of a pursuit's squared error |r_T|^2, slow and plain, in float64. Which atoms were picked counts as constant. */
import type { Atoms, Pursuit } from './pursuit.ts';

export interface PursuitGradient {
  /** [F D] */
  readonly W_dec: Float64Array;
  /** [D] */
  readonly b_dec: Float64Array;
}

/**
 * `full`: through all residuals. `heldCodes`: coefficients count as constants too, as in dictionary learning; cheaper, and
 * worse on trees of concepts.
 */
export type GradientKind = 'full' | 'heldCodes';

export function zeroGradient({ features, width }: Atoms): PursuitGradient {
  return { W_dec: new Float64Array(features * width), b_dec: new Float64Array(width) };
}

/** Adds the gradient of `weight` |r_T|^2 of one sample. */
export function addPursuitGradient(
  kind: GradientKind,
  atoms: Atoms,
  pursuit: Pursuit,
  weight: number,
  into: PursuitGradient,
): void {
  if (kind === 'full') addFull(atoms, pursuit, weight, into);
  else addHeld(atoms, pursuit, weight, into);
}

/**
 * Back from g = 2 weight r_T, rr = r_T; for t = T ... 1 with d = d_{j_t}, c = c_t (nothing but picks and coefficients is kept,
 * for residuals are found again on the way back):
 * rr <- rr + c d  (= r_{t-1}),  h = -(d . g),  grad d += -c g + h rr,  g <- g + h d.  At the end grad b_dec -= g.
 */
function addFull(
  atoms: Atoms,
  { picks, coefficients, residual }: Pursuit,
  weight: number,
  into: PursuitGradient,
): void {
  const { width, W_dec } = atoms;
  const before = residual.slice();
  const g = residual.map((value) => 2 * weight * value);
  for (let t = picks.length - 1; t >= 0; t--) {
    const [from, c] = [at(picks, t) * width, at(coefficients, t)];
    let h = 0;
    for (let k = 0; k < width; k++) {
      before[k] = at(before, k) + c * at(W_dec, from + k);
      h -= at(W_dec, from + k) * at(g, k);
    }
    for (let k = 0; k < width; k++) {
      into.W_dec[from + k] = at(into.W_dec, from + k) - c * at(g, k) + h * at(before, k);
      g[k] = at(g, k) + h * at(W_dec, from + k);
    }
  }
  g.forEach((value, k) => (into.b_dec[k] = at(into.b_dec, k) - value));
}

/** With codes held: grad d_{j_t} += -2 weight c_t r_T,  grad b_dec += -2 weight r_T. */
function addHeld(
  { width }: Atoms,
  { picks, coefficients, residual }: Pursuit,
  weight: number,
  into: PursuitGradient,
): void {
  residual.forEach((value, k) => {
    const g = 2 * weight * value;
    picks.forEach((pick, t) => {
      into.W_dec[pick * width + k] = at(into.W_dec, pick * width + k) - at(coefficients, t) * g;
    });
    into.b_dec[k] = at(into.b_dec, k) - g;
  });
}

function at(values: ArrayLike<number>, i: number): number {
  return values[i] as number;
}
