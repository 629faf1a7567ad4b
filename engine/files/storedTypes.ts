/** How many values and bytes one block of each stored type has (1 value a block for plain numbers). */
import type { BlockType, StoredTensor, StoredType } from './modelFiles.ts';

export interface BlockLayout {
  readonly values: number;
  readonly bytes: number;
}

export const blockLayouts: Readonly<Record<StoredType, BlockLayout>> = {
  F64: { values: 1, bytes: 8 },
  F32: { values: 1, bytes: 4 },
  F16: { values: 1, bytes: 2 },
  BF16: { values: 1, bytes: 2 },
  I64: { values: 1, bytes: 8 },
  I32: { values: 1, bytes: 4 },
  I16: { values: 1, bytes: 2 },
  I8: { values: 1, bytes: 1 },
  U64: { values: 1, bytes: 8 },
  U32: { values: 1, bytes: 4 },
  U16: { values: 1, bytes: 2 },
  U8: { values: 1, bytes: 1 },
  BOOL: { values: 1, bytes: 1 },
  Q8_0: { values: 32, bytes: 34 },
  Q4_0: { values: 32, bytes: 18 },
  Q4_1: { values: 32, bytes: 20 },
  Q5_0: { values: 32, bytes: 22 },
  Q5_1: { values: 32, bytes: 24 },
  IQ4_NL: { values: 32, bytes: 18 },
  Q2_K: { values: 256, bytes: 84 },
  Q3_K: { values: 256, bytes: 110 },
  Q4_K: { values: 256, bytes: 144 },
  Q5_K: { values: 256, bytes: 176 },
  Q6_K: { values: 256, bytes: 210 },
};

/** Number of values in a shape; not a safe integer where a hostile shape overflows, which callers check. */
export function valueCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

export function isBlockType(type: StoredType): type is BlockType {
  return blockLayouts[type].values > 1;
}

export function isIntegerType(type: StoredType): boolean {
  return /^[IU]\d+$|^BOOL$/.test(type);
}

/** `Q4_1 [576, 1536], 552,960 bytes at 31,868,992 of model.gguf` */
export function describeBytes(tensor: StoredTensor): string {
  const file = tensor.file.split(/[/\\]/).at(-1) ?? tensor.file;
  const [length, offset] = [tensor.length, tensor.offset].map((bytes) => bytes.toLocaleString('en-US'));
  return `${tensor.type} [${tensor.shape.join(', ')}], ${length} bytes at ${offset} of ${file}`;
}
