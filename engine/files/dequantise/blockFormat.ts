/** What a block type says about itself. One file per group of types implements it; index.ts is the table. */

/**
 * Weights kept quantised, in the layout of ONNX Runtime's MatMulNBits:
 * w = scale (code - 2^(bits-1)) + minimum, with one scale and minimum per `blockSize` values along the last axis.
 */
export interface WeightBlocks {
  readonly bits: 4 | 8;
  readonly blockSize: 16 | 32;
  /** [rows, blocks, blockSize bits / 8]; 4-bit codes two to a byte, the lower index in the low half. */
  readonly codes: Uint8Array;
  /** [rows, blocks] */
  readonly scales: Float32Array;
  /** [rows, blocks]; null where the type has none. */
  readonly minimums: Float32Array | null;
}

/** Where a format writes blocks that are kept: block b of the source goes to kept blocks from + b * (values / blockSize). */
export interface KeptBlocks {
  readonly codes: Uint8Array;
  readonly scales: Float32Array;
  /** Ignored by a type without minimums. */
  readonly minimums: Float32Array;
}

export interface BlockFormat {
  readonly bits: 4 | 8;
  readonly blockSize: 16 | 32;
  readonly hasMinimums: boolean;
  /** The first `blocks` blocks of `bytes` -> float32 values at out[from ...]. */
  dequantise(bytes: DataView, blocks: number, out: Float32Array, from: number): void;
  /** The same blocks -> kept form; `from` counts kept blocks. */
  keep(bytes: DataView, blocks: number, kept: KeptBlocks, from: number): void;
}
