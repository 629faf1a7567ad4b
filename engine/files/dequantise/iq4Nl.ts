/** IQ4_NL: 32 values d table[q], q a 4-bit index into a table of signed bytes (ggml's `kvalues_iq4nl`). */
import type { BlockFormat } from './blockFormat.ts';
import { half } from './half.ts';

const table = Int8Array.of(-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113);

export const iq4Nl: BlockFormat = {
  bits: 8,
  blockSize: 32,
  hasMinimums: false,
  dequantise(bytes, blocks, out, from) {
    for (let b = 0, at = 0, o = from; b < blocks; b++, at += 18, o += 32) {
      const d = half(bytes.getUint16(at, true));
      for (let j = 0; j < 16; j++) {
        const pair = bytes.getUint8(at + 2 + j);
        out[o + j] = d * (table[pair & 15] as number);
        out[o + j + 16] = d * (table[pair >> 4] as number);
      }
    }
  },
  keep(bytes, blocks, kept, from) {
    for (let b = 0, at = 0, o = 32 * from; b < blocks; b++, at += 18, o += 32) {
      kept.scales[from + b] = half(bytes.getUint16(at, true));
      for (let j = 0; j < 16; j++) {
        const pair = bytes.getUint8(at + 2 + j);
        kept.codes[o + j] = (table[pair & 15] as number) + 128;
        kept.codes[o + j + 16] = (table[pair >> 4] as number) + 128;
      }
    }
  },
};
