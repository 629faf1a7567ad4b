/** Every block type that is read: one line each. */
import type { BlockType } from '../modelFiles.ts';
import type { BlockFormat } from './blockFormat.ts';
import { iq4Nl } from './iq4Nl.ts';
import { q4_0, q4_1, q5_0, q5_1, q8_0 } from './legacy.ts';
import { q2K, q3K, q4K, q5K, q6K } from './superBlocks.ts';

export const blockFormats: Readonly<Record<BlockType, BlockFormat>> = {
  Q8_0: q8_0,
  Q4_0: q4_0,
  Q4_1: q4_1,
  Q5_0: q5_0,
  Q5_1: q5_1,
  Q2_K: q2K,
  Q3_K: q3K,
  Q4_K: q4K,
  Q5_K: q5K,
  Q6_K: q6K,
  IQ4_NL: iq4Nl,
};
