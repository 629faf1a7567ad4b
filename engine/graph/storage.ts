/** How a graph's parameters are stored for one lowering. */
import type { ExternalBytes, OnnxType } from './onnxWriter.ts';

/**
 * `blocks`: w = scale * (code - 2^(bits - 1)) + minimum per block of `blockSize` along the parameter's last axis;
 * codes as in MatMulNBits [rows, blocks, blockSize * bits / 8] (low nibble first), scales and minimums float32 [rows, blocks].
 */
export type ParameterStorage =
  | { readonly kind: 'input' }
  | ({ readonly kind: 'external'; readonly type: 'F32' | 'F16' | 'BF16' | 'F64' } & ExternalBytes)
  | BlocksStorage;

export interface BlocksStorage {
  readonly kind: 'blocks';
  readonly bits: 4 | 8;
  readonly blockSize: 16 | 32;
  readonly codes: ExternalBytes;
  readonly scales: ExternalBytes;
  readonly minimums: ExternalBytes | null;
}

export const storedTypes: Readonly<Record<'F32' | 'F16' | 'BF16' | 'F64', OnnxType>> = {
  F32: 'float32',
  F16: 'float16',
  BF16: 'bfloat16',
  F64: 'float64',
};
