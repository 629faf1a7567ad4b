/** GGML's tensor types by number: which are read here, and the names of those that are not, so that an error can say them. */
import type { StoredType } from './modelFiles.ts';

export interface GgufType {
  readonly name: string;
  /** Null: known by name, not read. */
  readonly type: StoredType | null;
}

const read: Readonly<Record<number, StoredType>> = {
  0: 'F32',
  1: 'F16',
  2: 'Q4_0',
  3: 'Q4_1',
  6: 'Q5_0',
  7: 'Q5_1',
  8: 'Q8_0',
  10: 'Q2_K',
  11: 'Q3_K',
  12: 'Q4_K',
  13: 'Q5_K',
  14: 'Q6_K',
  20: 'IQ4_NL',
  24: 'I8',
  25: 'I16',
  26: 'I32',
  27: 'I64',
  28: 'F64',
  30: 'BF16',
};

const onlyNamed: Readonly<Record<number, string>> = {
  4: 'Q4_2',
  5: 'Q4_3',
  9: 'Q8_1',
  15: 'Q8_K',
  16: 'IQ2_XXS',
  17: 'IQ2_XS',
  18: 'IQ3_XXS',
  19: 'IQ1_S',
  21: 'IQ3_S',
  22: 'IQ2_S',
  23: 'IQ4_XS',
  29: 'IQ1_M',
  31: 'Q4_0_4_4',
  32: 'Q4_0_4_8',
  33: 'Q4_0_8_8',
  34: 'TQ1_0',
  35: 'TQ2_0',
  39: 'MXFP4',
  40: 'NVFP4',
};

/** The type with this number in a GGUF tensor table. */
export function ggufType(id: number): GgufType {
  const type = read[id];
  if (type !== undefined) return { name: type, type };
  return { name: onlyNamed[id] ?? `number ${id}`, type: null };
}

export const readableGgufTypes: readonly string[] = Object.values(read);
