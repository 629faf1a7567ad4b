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
  /**
   * Eight-bit codes as two four-bit ones, code = 16 high + low, packed as four-bit codes are. Products use them;
   * where they are not given, the runtime works them out when the session is made, at ten times their memory.
   */
  readonly halves?: { readonly high: ExternalBytes; readonly low: ExternalBytes };
}

export const storedTypes: Readonly<Record<'F32' | 'F16' | 'BF16' | 'F64', OnnxType>> = {
  F32: 'float32',
  F16: 'float16',
  BF16: 'bfloat16',
  F64: 'float64',
};
