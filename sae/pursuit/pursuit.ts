/**
 * Matching pursuit as the encoder of a dictionary (MP-SAE: Costa, Fel, Lubana, Tolooshams and Ba 2025, arXiv 2506.03093,
 * algorithm 1; Mallat and Zhang 1993): its parts as plain data. The dictionary is tied: atoms, the rows d_i of W_dec, are both
 * what is picked and what is written.
 */

export type Reals = Float32Array | Float64Array;

/** What a pursuit picks from. */
export interface Atoms {
  /** D */
  readonly width: number;
  /** F */
  readonly features: number;
  /** [F D] */
  readonly W_dec: Reals;
  /** [D] */
  readonly b_dec: Reals;
}

export interface PursuitSettings {
  /** T: most picks of a sample. */
  readonly steps: number;
  /** True: codes are never negative, a pursuit ends before a pick with c <= 0. False: the largest signed product is taken as it is. */
  readonly clamped: boolean;
  /** After a pick with |r|^2 < relativeThreshold |x - b_dec|^2 a pursuit ends. 0: never. */
  readonly relativeThreshold: number;
  /** After a pick with |r| < absoluteThreshold a pursuit ends, in units of x (SAELens' residual_threshold). 0: never. */
  readonly absoluteThreshold: number;
  /** A pursuit ends after a pick of an atom that it had picked before (SAELens' stop_on_duplicate_support). */
  readonly stopsOnRepeat: boolean;
}

export const pursuitDefaults: PursuitSettings = {
  steps: 16,
  clamped: true,
  relativeThreshold: 0,
  absoluteThreshold: 0,
  stopsOnRepeat: false,
};

/** How one sample was taken apart: x - b_dec = sum over t of coefficients[t] d_picks[t] + residual. */
export interface Pursuit {
  /** j_t, in the order of picking; an atom may come again. */
  readonly picks: readonly number[];
  /** c_t */
  readonly coefficients: readonly number[];
  /** [D] r_T */
  readonly residual: Float64Array;
}

/** |r|^2 below which a pursuit of an input with this |x - b_dec|^2 ends. */
export function thresholdOf({ relativeThreshold, absoluteThreshold }: PursuitSettings, inputSquare: number): number {
  return Math.max(relativeThreshold * inputSquare, absoluteThreshold ** 2);
}
