/** What opening a path gives, whatever the format: named tensors that stay on disk, a config, a tokenizer's source. */

import type { TensorCut } from './tensorCut.ts';

export type FloatType = 'F64' | 'F32' | 'F16' | 'BF16';
export type IntegerType = 'I64' | 'I32' | 'I16' | 'I8' | 'U64' | 'U32' | 'U16' | 'U8' | 'BOOL';
export type BlockType =
  'Q8_0' | 'Q4_0' | 'Q4_1' | 'Q5_0' | 'Q5_1' | 'Q2_K' | 'Q3_K' | 'Q4_K' | 'Q5_K' | 'Q6_K' | 'IQ4_NL';
export type StoredType = FloatType | IntegerType | BlockType;

/** One tensor as it lies in a file, row-major, outermost axis first (GGUF's reversed order is undone). */
export interface StoredTensor {
  readonly name: string;
  readonly type: StoredType;
  readonly shape: readonly number[];
  /** Real path of the file, byte offset in it, byte length. */
  readonly file: string;
  readonly offset: number;
  readonly length: number;
  /** A change of the stored values that reading must undo, so that names mean what Hugging Face's mean. */
  readonly stored?: StoredChange;
}

export type StoredChange =
  /** GGUF `llama`: within each of `heads` blocks of rows, Hugging Face's row j of half a (a = 0, 1) is stored as row 2 j + a. */
  | { readonly kind: 'interleavedRows'; readonly heads: number }
  /** GGUF gpt-neox, bloom, falcon: Hugging Face's fused rows are, per key-value head, its query heads, key, value; stored are all queries, all keys, all values. */
  | { readonly kind: 'partedRows'; readonly heads: number; readonly kvHeads: number }
  /** GGUF gpt2: Hugging Face's [in, out] (the shape given) is stored as [out, in]. */
  | { readonly kind: 'transposed' }
  /** GGUF gemma: norm weights are stored with 1 added. */
  | { readonly kind: 'plus'; readonly constant: number }
  /** Our own pruned folders: the parts of removed heads are not stored, and read as zeros. */
  | { readonly kind: 'headsLeftOut'; readonly cut: TensorCut };

/** Where the tokenizer comes from; interpreted by engine/files/tokenizer. `none` says why. */
export type TokenizerSource =
  | { readonly kind: 'json'; readonly tokenizer: unknown; readonly config: Record<string, unknown> }
  | {
      readonly kind: 'vocabAndMerges';
      readonly vocab: unknown;
      readonly merges: string;
      readonly config: Record<string, unknown>;
    }
  | { readonly kind: 'sentencePieceModel'; readonly bytes: Uint8Array; readonly config: Record<string, unknown> }
  | { readonly kind: 'gguf'; readonly metadata: ReadonlyMap<string, unknown> }
  | { readonly kind: 'none'; readonly reason: string };

export interface ModelFiles {
  /** The path the user gave, and a short name for it. */
  readonly path: string;
  readonly name: string;
  readonly format: 'safetensors' | 'gguf';
  /** Hugging Face's config.json keys (rebuilt for GGUF), or TransformerLens' own keys as they lie. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly generationConfig: Readonly<Record<string, unknown>>;
  /** Hugging Face's (or TransformerLens') tensor names. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly tokenizer: TokenizerSource;
  /** SHA-256 over config, tensor names, shapes, types and the first and last 4 KiB of every tensor, hex. */
  readonly fingerprint: string;
  /** By layer, the numbers that heads had in the model that they were pruned from; absent where they have them still. */
  readonly originalHeads?: readonly (readonly number[])[];
}
