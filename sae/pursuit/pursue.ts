/** Matching pursuit, slow and plain, in float64: what the kernels are held against. */
import type { Atoms, Pursuit, PursuitSettings } from './pursuit.ts';
import { thresholdOf } from './pursuit.ts';

/**
 * One sample x [D]. From r_0 = x - b_dec, for t = 1 ... T:
 * j_t = argmax_i d_i . r_{t-1} (of equal ones the lowest),  c_t = d_{j_t} . r_{t-1},  r_t = r_{t-1} - c_t d_{j_t}.
 */
export function pursue(atoms: Atoms, x: ArrayLike<number>, settings: PursuitSettings): Pursuit {
  const residual = centred(atoms, x);
  const scores = () => products(atoms, residual);
  const take = (pick: number, c: number) => addAtom(atoms, pick, -c, residual);
  return picking(settings, residual, { scores, take, square: () => square(residual) });
}

/**
 * The same picks from products alone: alpha_0 = W_dec (x - b_dec), then alpha_t = alpha_{t-1} - c_t G[j_t, :] with
 * G = W_dec W_dec^T, and |r_t|^2 = |r_{t-1}|^2 - c_t^2 (2 - |d_{j_t}|^2). F products a pick instead of F D.
 */
export function pursueByGram(
  atoms: Atoms,
  gram: ArrayLike<number>,
  x: ArrayLike<number>,
  settings: PursuitSettings,
): Pursuit {
  const { features } = atoms;
  const residual = centred(atoms, x);
  const alpha = products(atoms, residual);
  let left = square(residual);
  const take = (pick: number, c: number) => {
    left -= c * c * (2 - at(gram, pick * features + pick));
    for (let i = 0; i < features; i++) alpha[i] = at(alpha, i) - c * at(gram, pick * features + i);
    addAtom(atoms, pick, -c, residual);
  };
  return picking(settings, residual, { scores: () => alpha, take, square: () => left });
}

/** [F F] G = W_dec W_dec^T. */
export function gramOf(atoms: Atoms): Float64Array {
  const { features, width, W_dec } = atoms;
  const gram = new Float64Array(features * features);
  for (let i = 0; i < features; i++) {
    gram.set(products(atoms, W_dec.subarray(i * width, (i + 1) * width)), i * features);
  }
  return gram;
}

interface Form {
  /** [F] d_i . r */
  scores(): Float64Array;
  take(pick: number, c: number): void;
  /** |r|^2 */
  square(): number;
}

function picking(settings: PursuitSettings, residual: Float64Array, { scores, take, square: left }: Form): Pursuit {
  const [picks, coefficients]: [number[], number[]] = [[], []];
  const threshold = thresholdOf(settings, left());
  while (picks.length < settings.steps) {
    const found = scores();
    const pick = indexOfLargest(found);
    const c = at(found, pick);
    if (settings.clamped ? !(c > 0) : !(Math.abs(c) > 0)) break;
    const repeated = picks.includes(pick);
    take(pick, c);
    picks.push(pick);
    coefficients.push(c);
    if (left() < threshold || (repeated && settings.stopsOnRepeat)) break;
  }
  return { picks, coefficients, residual };
}

/** x - b_dec */
function centred({ b_dec }: Atoms, x: ArrayLike<number>): Float64Array {
  return Float64Array.from(b_dec, (value, i) => at(x, i) - value);
}

/** [F] W_dec r */
function products({ features, width, W_dec }: Atoms, r: ArrayLike<number>): Float64Array {
  const result = new Float64Array(features);
  for (let i = 0; i < features; i++) {
    for (let k = 0; k < width; k++) result[i] = at(result, i) + at(W_dec, i * width + k) * at(r, k);
  }
  return result;
}

/** Adds `scale` times an atom. */
function addAtom({ width, W_dec }: Atoms, pick: number, scale: number, into: Float64Array): void {
  for (let k = 0; k < width; k++) into[k] = at(into, k) + scale * at(W_dec, pick * width + k);
}

function indexOfLargest(values: Float64Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (at(values, i) > at(values, best)) best = i;
  return best;
}

function square(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value * value, 0);
}

function at(values: ArrayLike<number>, i: number): number {
  return values[i] as number;
}
