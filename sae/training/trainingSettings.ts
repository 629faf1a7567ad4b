/** How a dictionary is trained, whatever its kind. Plain data. */
import { Fault } from '../../engine/terms/fault.ts';
import type { AdamWSettings } from '../../engine/train/adamW.ts';
import type { Schedule } from '../../engine/train/schedule.ts';
import type { NormConstraint, Variant } from '../variants/variant.ts';

export interface TrainingSettings {
  readonly steps: number;
  /** Rows of a step. */
  readonly rows: number;
  readonly seed: number;
  readonly rate: Schedule;
  readonly optimiser: AdamWSettings;
  /** Of the rows of W_dec; null: as the variant has it. */
  readonly constraint: NormConstraint | null;
  /** Divide the reconstruction error by the batch's variance; null: as the variant has it. */
  readonly normalised: boolean | null;
  /** Steps over which the setting `sparsity` rises from 0 along a line. */
  readonly sparsityWarmup: number;
  readonly dead: DeadFeatures;
  readonly start: StartSettings;
  readonly decoder: DecoderForm;
  /** Weights that stay as they start: `W_dec` is the control of a frozen decoder (Makelov et al. 2024). */
  readonly frozen: readonly string[];
}

export interface DeadFeatures {
  /** A feature is dead when it was not active in this many rows. */
  readonly window: number;
  readonly remedy: DeadRemedy;
  readonly resampling: Resampling | null;
}

export type DeadRemedy =
  | { readonly kind: 'none' }
  /** The `count` dead features with the largest pre-activations reconstruct the residual (Gao et al. 2024, appendix A.2). */
  | { readonly kind: 'auxK'; readonly count: number; readonly weight: number }
  /**
   * Exponentials of dead pre-activations reconstruct half of the residual (Jermyn and Templeton 2024). Made for ReLU codes: of
   * planted directions TopK found none with it, and all but one without.
   */
  | { readonly kind: 'ghost'; readonly weight: number }
  /** Dead rows of the decoder are drawn towards the residual: loss -= weight mean(r . d) (Overcomplete's matching pursuit). */
  | { readonly kind: 'push'; readonly weight: number };

/** Dead features start again from rows that are reconstructed badly, drawn with p ~ loss^2 (Bricken et al. 2023). */
export interface Resampling {
  readonly every: number;
  /** The last step at which it may happen. */
  readonly until: number;
  /** Batches whose losses are looked at. */
  readonly batches: number;
  /** Length of a new column of W_enc, as a share of the mean of those alive. */
  readonly encoderScale: number;
  /** Steps over which the learning rate comes back, along a cosine, from a tenth. */
  readonly recovery: number;
}

export interface StartSettings {
  /** Length of the rows of W_dec. */
  readonly decoderNorm: number;
  readonly centre: 'mean' | 'median' | 'zero';
  /** Rows of W_dec start within the leading r principal directions of the data; null: anywhere (active subspace, ASI). */
  readonly subspace: number | null;
}

export type DecoderForm =
  | { readonly kind: 'free' }
  /**
   * d_i = e^gain (sum over a of mixing_ia anchor_a + relaxation_i): rows within the hull of anchors, the k-means centres of
   * data, up to |relaxation_i| <= `relaxation` (Fel et al. 2025).
   */
  | { readonly kind: 'archetypal'; readonly anchors: number; readonly relaxation: number };

export const defaultTraining: TrainingSettings = {
  steps: 5000,
  rows: 1024,
  seed: 0,
  rate: { kind: 'linear', peak: 3e-4, warmup: 100, floor: 0, hold: 0.8 },
  optimiser: { betas: [0.9, 0.999], epsilon: 1e-8, weightDecay: 0, clip: 1 },
  constraint: null,
  normalised: null,
  sparsityWarmup: 250,
  dead: { window: 100_000, remedy: { kind: 'none' }, resampling: null },
  start: { decoderNorm: 1, centre: 'mean', subspace: null },
  decoder: { kind: 'free' },
  frozen: [],
};

/** Counters of rows are kept as float32, exact up to here. */
const longestWindow = 2 ** 24;

function isEvery({ every, batches }: Resampling): boolean {
  return [every, batches].every((value) => Number.isInteger(value) && value >= 1);
}

/** Throws Fault for what is out of range or does not go together. */
export function checkTraining(settings: TrainingSettings, variant: Variant, where: string): void {
  const { steps, rows, rate, dead, start, decoder } = settings;
  const refuse = (what: string, expected: string, got: unknown): never => {
    throw new Fault({ what, where, expected, got: String(got) });
  };
  for (const [what, value] of Object.entries({ steps, rows }))
    if (!Number.isInteger(value) || value < 1) refuse(what, 'a whole number from 1', value);
  if (!(rate.peak > 0 && Number.isFinite(rate.peak))) refuse('learning rate', 'a number above 0', rate.peak);
  if (!(start.decoderNorm > 0)) refuse('length of decoder rows', 'a number above 0', start.decoderNorm);
  if (!(dead.window >= 1 && dead.window <= longestWindow))
    refuse('window of dead features', `1 to ${longestWindow} rows`, dead.window);
  if (!(dead.resampling === null || isEvery(dead.resampling)))
    refuse('resampling', 'whole numbers of steps and batches from 1', JSON.stringify(dead.resampling));
  if (decoder.kind === 'archetypal') {
    if (!Number.isInteger(decoder.anchors) || decoder.anchors < 2)
      refuse('anchors', 'a whole number from 2', decoder.anchors);
    if (dead.resampling !== null) refuse('resampling', 'none, where rows of the decoder are mixtures', 'resampling');
    if (variant.constraints !== undefined)
      refuse('archetypal decoder', 'a variant with a decoder of its own', variant.id);
  }
}
