/** What a training of gates is told (DuoAttention: Xiao et al. 2024, arXiv 2410.10819). */

/** A streaming head's query sees the first `sink` tokens and the last `recent` ones, itself included. */
export interface StreamingWindow {
  readonly sink: number;
  readonly recent: number;
}

export interface DuoSettings extends StreamingWindow {
  readonly steps: number;
  /** Tokens of the texts: one of `count` lengths evenly from `from` to `to`. */
  readonly lengths: { readonly from: number; readonly to: number; readonly count: number };
  /** Passkeys in a text and words in each; null: as many as `scaledPasskeys` says for its length. */
  readonly passkeys: { readonly count: number; readonly words: number } | null;
  readonly learningRate: number;
  /** Weight of the mean of |gate| in the loss. */
  readonly regularisation: number;
  readonly seed: number;
}

/**
 * Passkeys for a text of so many tokens: one for each 128 of them, up to the paper's 10, and a word for each 100, up to its
 * 32. Facts and questions then take half of the text or less.
 */
export function scaledPasskeys(length: number): { readonly count: number; readonly words: number } {
  const between = (least: number, most: number, value: number) => Math.max(least, Math.min(most, Math.floor(value)));
  return { count: between(1, 10, length / 128), words: between(2, 32, length / 100) };
}

/**
 * Share of the learning rate at step s (0-based) of N: up along a line over the first fifth, down over the last, at least a
 * tenth: min(1, max((s + 1) / (N/5), 0.1), max((N - s) / (N/5), 0.1)).
 */
export function rateShare(step: number, steps: number): number {
  const fifth = Math.max(1, Math.floor(steps / 5));
  return Math.min(1, Math.max((step + 1) / fifth, 0.1), Math.max((steps - step) / fifth, 0.1));
}
