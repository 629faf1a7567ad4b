/** What training changes, and all that it goes on from. */

export interface GateState {
  /** Steps taken. */
  readonly step: number;
  /** [L G] each: gates, and AdamW's moments. */
  readonly gates: Float32Array;
  readonly first: Float32Array;
  readonly second: Float32Array;
}

/** Every head full, before the first step. */
export function startGates(count: number): GateState {
  return {
    step: 0,
    gates: new Float32Array(count).fill(1),
    first: new Float32Array(count),
    second: new Float32Array(count),
  };
}
