/** Where batches come from. */

/** Full rows, row-major [B, P]. */
export interface TokenBatch {
  readonly ids: BigInt64Array;
  /** The token after each. */
  readonly targets: BigInt64Array;
  /** Weight of each target in the loss. */
  readonly weights: Float32Array;
}

/** Batches by step number: the same step gives the same batch, so that a run can be taken up again. */
export interface TokenSource {
  /** SHA-256 of the ids that rows are drawn from; empty where rows are generated. */
  readonly digest: string;
  batch(step: number, shape: { readonly rows: number; readonly length: number }): TokenBatch;
}
