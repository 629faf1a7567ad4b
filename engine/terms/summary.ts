/** A number with its uncertainty. Imports nothing. */

export interface Summary {
  readonly mean: number;
  /** Standard error of the mean; 0 where n is 1, for one value says nothing of its spread. */
  readonly standardError: number;
  /** 95 % interval of the mean; both ends are the value where n is 1. */
  readonly interval: readonly [low: number, high: number];
  /** How many values (prompts). */
  readonly n: number;
}
