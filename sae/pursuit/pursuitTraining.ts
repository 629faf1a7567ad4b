/** What a step of training a pursuit's dictionary needs to know. */
import type { AdamWSettings } from '../../engine/train/adamW.ts';
import { biasCorrection } from '../../engine/train/adamW.ts';
import type { PursuitSettings } from './pursuit.ts';
import type { GradientKind } from './pursuitGradient.ts';

/** Where a step leaves atoms: as they are, of length at most 1, of length 1. */
export type AtomNorm = 'free' | 'ball' | 'sphere';

export interface PursuitTraining {
  readonly pursuit: PursuitSettings;
  readonly gradient: GradientKind;
  readonly norm: AtomNorm;
  /** Weights that stay as they start. */
  readonly frozen: readonly string[];
  /** Weight decay is for atoms only. */
  readonly optimiser: AdamWSettings;
  /** The loss gets -push times the mean over rows and dead atoms of r_T . d_i, r_T held. */
  readonly push: number;
}

/** The numbers of one step. */
export interface StepNumbers {
  readonly rate: number;
  /** Counted from 1. */
  readonly step: number;
  /** [F] 1 for dead atoms, else 0. */
  readonly dead: Float32Array;
}

/** Factors of step t of Adam: the rate over 1 - beta1^t, 1 / (1 - beta2^t), and what weight decay leaves. */
export function adamScalars({ betas: [beta1, beta2], weightDecay }: AdamWSettings, { rate, step }: StepNumbers) {
  return {
    rate: rate * biasCorrection(beta1, step),
    secondCorrection: biasCorrection(beta2, step),
    kept: 1 - rate * weightDecay,
  };
}
