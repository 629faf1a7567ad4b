/** What training changes: weights and AdamW's moments, by weight name, and how many steps were taken. */

export interface TrainingState {
  /** Steps taken. */
  readonly step: number;
  readonly weights: ReadonlyMap<string, Float32Array>;
  readonly first: ReadonlyMap<string, Float32Array>;
  readonly second: ReadonlyMap<string, Float32Array>;
}

/** Before the first step: moments of zero. */
export function startState(weights: ReadonlyMap<string, Float32Array>): TrainingState {
  const zeros = () => new Map([...weights].map(([name, { length }]) => [name, new Float32Array(length)] as const));
  return { step: 0, weights, first: zeros(), second: zeros() };
}
