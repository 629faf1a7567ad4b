/** One step of training, slow and plain, in float64: what the kernels' step is held against. */
import type { Atoms, Pursuit, Reals } from './pursuit.ts';
import { pursue } from './pursue.ts';
import type { PursuitGradient } from './pursuitGradient.ts';
import { addPursuitGradient, zeroGradient } from './pursuitGradient.ts';
import type { AtomNorm, PursuitTraining, StepNumbers } from './pursuitTraining.ts';
import { adamScalars } from './pursuitTraining.ts';

/** Weights with Adam's moments; a step changes them in place. */
export interface PlainState {
  readonly atoms: Atoms;
  readonly first: PursuitGradient;
  readonly second: PursuitGradient;
}

export interface PlainResult {
  readonly pursuits: readonly Pursuit[];
  /** Before clipping. */
  readonly gradient: PursuitGradient;
  readonly gradientNorm: number;
}

export function plainStep(
  { atoms, first, second }: PlainState,
  rows: readonly ArrayLike<number>[],
  training: PursuitTraining,
  numbers: StepNumbers,
): PlainResult {
  const pursuits = rows.map((x) => pursue(atoms, x, training.pursuit));
  const gradient = gradientOf(atoms, pursuits, training, numbers);
  const gradientNorm = Math.sqrt(squareOf(gradient.W_dec) + squareOf(gradient.b_dec));
  const clip = Math.min(1, (training.optimiser.clip ?? Infinity) / (gradientNorm + 1e-6));
  const step = (name: 'W_dec' | 'b_dec', decays: boolean) =>
    adam({ weight: atoms[name], g: gradient[name], m: first[name], v: second[name] }, clip, training, numbers, decays);
  step('b_dec', false);
  if (training.frozen.includes('W_dec')) return { pursuits, gradient, gradientNorm };
  step('W_dec', true);
  hold(atoms, training.norm);
  return { pursuits, gradient, gradientNorm };
}

/** Of the mean over rows of |r_T|^2, and of the push; on the sphere without the part along each atom. */
function gradientOf(
  atoms: Atoms,
  pursuits: readonly Pursuit[],
  training: PursuitTraining,
  { dead }: StepNumbers,
): PursuitGradient {
  const gradient = zeroGradient(atoms);
  for (const pursuit of pursuits) {
    addPursuitGradient(training.gradient, atoms, pursuit, 1 / pursuits.length, gradient);
  }
  if (dead.includes(1)) push(atoms, pursuits, dead, training.push, gradient);
  if (training.norm === 'sphere') removeAlong(atoms, gradient);
  if (training.frozen.includes('W_dec')) gradient.W_dec.fill(0);
  if (training.frozen.includes('b_dec')) gradient.b_dec.fill(0);
  return gradient;
}

/** Loss -weight mean over rows and dead i of r_T . d_i, r_T held: grad d_i -= weight / (B dead) sum of r_T. */
function push(
  { width }: Atoms,
  pursuits: readonly Pursuit[],
  dead: Float32Array,
  weight: number,
  { W_dec }: PursuitGradient,
): void {
  const share = weight / (pursuits.length * dead.reduce((sum, value) => sum + value, 0));
  for (const { residual } of pursuits) {
    dead.forEach((isDead, i) => {
      if (isDead > 0) residual.forEach((r, k) => (W_dec[i * width + k] = at(W_dec, i * width + k) - share * r));
    });
  }
}

/** g_i <- g_i - (g_i . d_i / |d_i|^2) d_i */
function removeAlong({ width, features, W_dec }: Atoms, gradient: PursuitGradient): void {
  for (let i = 0; i < features; i++) {
    const d = W_dec.subarray(i * width, (i + 1) * width);
    const g = gradient.W_dec.subarray(i * width, (i + 1) * width);
    const share = g.reduce((sum, value, k) => sum + value * at(d, k), 0) / squareOf(d);
    g.forEach((value, k) => (g[k] = value - share * at(d, k)));
  }
}

interface Parameter {
  readonly weight: Reals;
  readonly g: Float64Array;
  readonly m: Float64Array;
  readonly v: Float64Array;
}

/** m <- beta1 m + (1 - beta1) g,  v <- beta2 v + (1 - beta2) g^2,  w <- w (1 - rate decay) - rate m c1 / (sqrt(v c2) + epsilon). */
function adam(
  { weight, g, m, v }: Parameter,
  clip: number,
  { optimiser }: PursuitTraining,
  numbers: StepNumbers,
  decays: boolean,
): void {
  const [beta1, beta2] = optimiser.betas;
  const scalars = adamScalars(optimiser, numbers);
  for (let i = 0; i < weight.length; i++) {
    const clipped = clip * at(g, i);
    m[i] = beta1 * at(m, i) + (1 - beta1) * clipped;
    v[i] = beta2 * at(v, i) + (1 - beta2) * clipped ** 2;
    const change = (scalars.rate * at(m, i)) / (Math.sqrt(at(v, i) * scalars.secondCorrection) + optimiser.epsilon);
    weight[i] = at(weight, i) * (decays ? scalars.kept : 1) - change;
  }
}

/** Ball: d / max(1, |d|). Sphere: d / max(|d|, 1e-8). */
function hold({ width, features, W_dec }: Atoms, norm: AtomNorm): void {
  if (norm === 'free') return;
  for (let i = 0; i < features; i++) {
    const d = W_dec.subarray(i * width, (i + 1) * width);
    const by = Math.max(Math.sqrt(squareOf(d)), norm === 'ball' ? 1 : 1e-8);
    d.forEach((value, k) => (d[k] = value / by));
  }
}

function squareOf(values: Reals): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return sum;
}

function at(values: ArrayLike<number>, i: number): number {
  return values[i] as number;
}
