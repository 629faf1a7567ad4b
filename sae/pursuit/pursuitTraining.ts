/** What a step of training a pursuit's dictionary needs to know, and what it changes. */
import type { AdamWSettings } from '../../engine/train/adamW.ts';
import { biasCorrection } from '../../engine/train/adamW.ts';
import type { TrainingState } from '../../engine/train/state.ts';
import { Fault } from '../../engine/terms/fault.ts';
import type { PursuitSettings } from './pursuit.ts';
import { checkPursuit, pursuitDefaults } from './pursuit.ts';
import type { GradientKind } from './pursuitGradient.ts';

/** Where a step leaves atoms: as they are, of length at most 1, of length 1. */
export type AtomNorm = 'free' | 'ball' | 'sphere';

export interface PursuitTraining {
  readonly pursuit: PursuitSettings;
  readonly gradient: GradientKind;
  readonly norm: AtomNorm;
  /** Weights that stay as they start. */
  readonly frozen: readonly ('W_dec' | 'b_dec')[];
  /** Weight decay is for atoms only. */
  readonly optimiser: AdamWSettings;
  readonly dead: DeadAtoms;
}

/** What is done for atoms that were not picked for long. */
export interface DeadAtoms {
  /** An atom is dead when it was not picked in this many rows. */
  readonly window: number;
  /**
   * `push`: the loss gets -weight times the mean over rows and dead atoms of r_T . d_i, r_T held.
   * `replace`: at every `every`th step dead atoms become unit residuals of rows drawn with probability ~ |r_T|^4, and their
   * moments zero.
   */
  readonly remedy:
    | { readonly kind: 'none' }
    | { readonly kind: 'push'; readonly weight: number }
    | { readonly kind: 'replace'; readonly every: number };
}

/** Weights are `W_dec` [F D] and `b_dec` [D]. */
export interface PursuitState extends TrainingState {
  /** [F] rows seen since each atom was picked. */
  readonly sinceFired: Float64Array;
}

export const pursuitTrainingDefaults: PursuitTraining = {
  pursuit: pursuitDefaults,
  gradient: 'full',
  norm: 'ball',
  frozen: [],
  optimiser: { betas: [0.9, 0.999], epsilon: 1e-8, weightDecay: 0, clip: 1 },
  dead: { window: 100_000, remedy: { kind: 'replace', every: 200 } },
};

/** What one step gives besides the weights. */
export interface PursuitStep {
  /** Mean over rows of |r_T|^2. */
  readonly loss: number;
  /** Mean over rows of the number of picks, and of the number of atoms that were picked. */
  readonly picks: number;
  readonly l0: number;
  /** Length of the gradient before clipping. */
  readonly gradientNorm: number;
  /** Atoms that are dead after the step. */
  readonly dead: number;
}

/** The numbers of step t (from 1) at this learning rate: as the kernels and the plain step take them. */
export function adamScalars({ betas: [beta1, beta2], weightDecay }: AdamWSettings, rate: number, step: number) {
  return {
    rate: rate * biasCorrection(beta1, step),
    secondCorrection: biasCorrection(beta2, step),
    kept: 1 - rate * weightDecay,
  };
}

/** Throws Fault where a setting is out of range. */
export function checkPursuitTraining({ pursuit, optimiser, dead }: PursuitTraining, where: string): void {
  checkPursuit(pursuit, where);
  const positive = (what: string, value: number) => {
    if (!(value > 0)) throw new Fault({ what, where, expected: 'a number above 0', got: String(value) });
  };
  if (optimiser.clip !== null) positive('clip', optimiser.clip);
  positive('window of dead atoms', dead.window);
  if (dead.remedy.kind === 'push') positive('weight of the push', dead.remedy.weight);
  if (dead.remedy.kind === 'replace' && !(Number.isInteger(dead.remedy.every) && dead.remedy.every >= 1)) {
    const got = String(dead.remedy.every);
    throw new Fault({ what: 'replacement of dead atoms', where, expected: 'a whole number of steps from 1', got });
  }
}
