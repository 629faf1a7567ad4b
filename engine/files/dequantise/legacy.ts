/**
 * Blocks of 32 values with one or two half-float constants (ggml's `block_q4_0` .. `block_q8_0`).
 * Half of a byte holds value j (low) and value j + 16 (high); q is the stored code.
 *   Q8_0  d q             Q4_0  d (q - 8)     Q4_1  d q + m
 *   Q5_0  d (q - 16)      Q5_1  d q + m       the fifth bit of value j is bit j of a 32-bit word
 */
import type { BlockFormat, KeptBlocks } from './blockFormat.ts';
import { half } from './half.ts';

export const q8_0: BlockFormat = {
  bits: 8,
  blockSize: 32,
  hasMinimums: false,
  dequantise(bytes, blocks, out, from) {
    for (let b = 0, at = 0, o = from; b < blocks; b++, at += 34, o += 32) {
      const d = half(bytes.getUint16(at, true));
      for (let j = 0; j < 32; j++) out[o + j] = d * bytes.getInt8(at + 2 + j);
    }
  },
  keep(bytes, blocks, kept, from) {
    for (let b = 0, at = 0, o = 32 * from; b < blocks; b++, at += 34, o += 32) {
      kept.scales[from + b] = half(bytes.getUint16(at, true));
      for (let j = 0; j < 32; j++) kept.codes[o + j] = bytes.getInt8(at + 2 + j) + 128;
    }
  },
};

export const q4_0: BlockFormat = {
  bits: 4,
  blockSize: 32,
  hasMinimums: false,
  dequantise(bytes, blocks, out, from) {
    for (let b = 0, at = 0, o = from; b < blocks; b++, at += 18, o += 32) {
      const d = half(bytes.getUint16(at, true));
      for (let j = 0; j < 16; j++) {
        const pair = bytes.getUint8(at + 2 + j);
        out[o + j] = d * ((pair & 15) - 8);
        out[o + j + 16] = d * ((pair >> 4) - 8);
      }
    }
  },
  keep(bytes, blocks, kept, from) {
    for (let b = 0, at = 0; b < blocks; b++, at += 18) {
      kept.scales[from + b] = half(bytes.getUint16(at, true));
      repackNibbles(bytes, at + 2, kept.codes, 16 * (from + b));
    }
  },
};

export const q4_1: BlockFormat = {
  bits: 4,
  blockSize: 32,
  hasMinimums: true,
  dequantise(bytes, blocks, out, from) {
    for (let b = 0, at = 0, o = from; b < blocks; b++, at += 20, o += 32) {
      const d = half(bytes.getUint16(at, true));
      const m = half(bytes.getUint16(at + 2, true));
      for (let j = 0; j < 16; j++) {
        const pair = bytes.getUint8(at + 4 + j);
        out[o + j] = d * (pair & 15) + m;
        out[o + j + 16] = d * (pair >> 4) + m;
      }
    }
  },
  // d q + m = d (q - 8) + (m + 8 d)
  keep(bytes, blocks, kept, from) {
    for (let b = 0, at = 0; b < blocks; b++, at += 20) {
      const d = half(bytes.getUint16(at, true));
      kept.scales[from + b] = d;
      kept.minimums[from + b] = half(bytes.getUint16(at + 2, true)) + 8 * d;
      repackNibbles(bytes, at + 4, kept.codes, 16 * (from + b));
    }
  },
};

export const q5_0: BlockFormat = {
  bits: 8,
  blockSize: 32,
  hasMinimums: false,
  dequantise(bytes, blocks, out, from) {
    for (let b = 0, at = 0, o = from; b < blocks; b++, at += 22, o += 32) {
      const d = half(bytes.getUint16(at, true));
      const fifth = bytes.getUint32(at + 2, true);
      for (let j = 0; j < 16; j++) {
        const pair = bytes.getUint8(at + 6 + j);
        out[o + j] = d * (lowFive(pair, fifth, j) - 16);
        out[o + j + 16] = d * (highFive(pair, fifth, j) - 16);
      }
    }
  },
  keep(bytes, blocks, kept, from) {
    for (let b = 0, at = 0; b < blocks; b++, at += 22) {
      kept.scales[from + b] = half(bytes.getUint16(at, true));
      keepFives(bytes, at + 2, 112, kept, from + b);
    }
  },
};

export const q5_1: BlockFormat = {
  bits: 8,
  blockSize: 32,
  hasMinimums: true,
  dequantise(bytes, blocks, out, from) {
    for (let b = 0, at = 0, o = from; b < blocks; b++, at += 24, o += 32) {
      const d = half(bytes.getUint16(at, true));
      const m = half(bytes.getUint16(at + 2, true));
      const fifth = bytes.getUint32(at + 4, true);
      for (let j = 0; j < 16; j++) {
        const pair = bytes.getUint8(at + 8 + j);
        out[o + j] = d * lowFive(pair, fifth, j) + m;
        out[o + j + 16] = d * highFive(pair, fifth, j) + m;
      }
    }
  },
  keep(bytes, blocks, kept, from) {
    for (let b = 0, at = 0; b < blocks; b++, at += 24) {
      kept.scales[from + b] = half(bytes.getUint16(at, true));
      kept.minimums[from + b] = half(bytes.getUint16(at + 2, true));
      keepFives(bytes, at + 4, 128, kept, from + b);
    }
  },
};

function lowFive(pair: number, fifth: number, j: number): number {
  return (pair & 15) | (((fifth >>> j) & 1) << 4);
}

function highFive(pair: number, fifth: number, j: number): number {
  return (pair >> 4) | (((fifth >>> (j + 16)) & 1) << 4);
}

/** The word of fifth bits lies at `at`, 16 bytes of nibbles after it; `zero` is the code that means stored 0. */
function keepFives(bytes: DataView, at: number, zero: number, kept: KeptBlocks, block: number): void {
  const fifth = bytes.getUint32(at, true);
  for (let j = 0; j < 16; j++) {
    const pair = bytes.getUint8(at + 4 + j);
    kept.codes[32 * block + j] = lowFive(pair, fifth, j) + zero;
    kept.codes[32 * block + j + 16] = highFive(pair, fifth, j) + zero;
  }
}

/** 16 bytes holding (j, j + 16) -> 16 bytes holding (2 i, 2 i + 1). */
function repackNibbles(bytes: DataView, at: number, codes: Uint8Array, to: number): void {
  for (let i = 0; i < 8; i++) {
    const [a, b] = [bytes.getUint8(at + 2 * i), bytes.getUint8(at + 2 * i + 1)];
    codes[to + i] = (a & 15) | ((b & 15) << 4);
    codes[to + 8 + i] = (a >> 4) | (b & 0xf0);
  }
}
