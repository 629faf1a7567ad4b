/**
 * K-quants: super-blocks of 256 values, cut into groups of 16 or 32 that each have a small integer scale (and minimum),
 * themselves scaled by half floats of the super-block. w = scale q + minimum; layouts as in ggml's `block_q2_K` .. `block_q6_K`.
 */
import type { BlockFormat } from './blockFormat.ts';
import { half } from './half.ts';

/** One super-block, unpacked. Reused from block to block. */
interface Unpacked {
  readonly codes: Int8Array;
  readonly scales: Float32Array;
  readonly minimums: Float32Array;
}

interface SuperBlock {
  readonly bytes: number;
  readonly bits: 4 | 8;
  readonly blockSize: 16 | 32;
  readonly hasMinimums: boolean;
  /** The kept code of q = 0. */
  readonly zero: number;
  unpack(bytes: DataView, at: number, into: Unpacked): void;
}

function superBlockFormat(type: SuperBlock): BlockFormat {
  const { bits, blockSize, hasMinimums } = type;
  const groups = 256 / blockSize;
  return {
    bits,
    blockSize,
    hasMinimums,
    dequantise(bytes, blocks, out, from) {
      const { codes, scales, minimums } = scratch();
      for (let b = 0; b < blocks; b++) {
        type.unpack(bytes, b * type.bytes, { codes, scales, minimums });
        for (let g = 0, o = from + 256 * b; g < groups; g++, o += blockSize) {
          const [scale, minimum] = [scales[g] as number, minimums[g] as number];
          for (let j = 0; j < blockSize; j++) out[o + j] = scale * (codes[g * blockSize + j] as number) + minimum;
        }
      }
    },
    // scale q + minimum = scale (code - 2^(bits-1)) + minimum + scale (2^(bits-1) - zero), with code = q + zero
    keep(bytes, blocks, kept, from) {
      const unpacked = scratch();
      const shift = 2 ** (bits - 1) - type.zero;
      for (let b = 0; b < blocks; b++) {
        type.unpack(bytes, b * type.bytes, unpacked);
        for (let g = 0; g < groups; g++) {
          const [scale, minimum] = [unpacked.scales[g] as number, unpacked.minimums[g] as number];
          kept.scales[from + b * groups + g] = scale;
          if (hasMinimums) kept.minimums[from + b * groups + g] = minimum + scale * shift;
        }
        keepCodes(unpacked.codes, type, kept.codes, ((from + b * groups) * blockSize * bits) / 8);
      }
    },
  };
}

// x + -0 is x for every x, also for -0: a type without minimums leaves its values as they are.
function scratch(): Unpacked {
  return { codes: new Int8Array(256), scales: new Float32Array(16), minimums: new Float32Array(16).fill(-0) };
}

function keepCodes(from: Int8Array, { bits, zero }: SuperBlock, to: Uint8Array, at: number): void {
  if (bits === 8) {
    for (let j = 0; j < 256; j++) to[at + j] = (from[j] as number) + zero;
    return;
  }
  for (let j = 0; j < 128; j++) {
    to[at + j] = ((from[2 * j] as number) + zero) | (((from[2 * j + 1] as number) + zero) << 4);
  }
}

/** 64 bytes of two-bit codes: value 128 h + 32 s + l is bits 2 s of byte 32 h + l. */
function unpackTwoBits(bytes: DataView, at: number, codes: Int8Array): void {
  for (let h = 0; h < 2; h++) {
    for (let l = 0; l < 32; l++) {
      const four = bytes.getUint8(at + 32 * h + l);
      for (let s = 0; s < 4; s++) codes[128 * h + 32 * s + l] = (four >> (2 * s)) & 3;
    }
  }
}

/** 128 bytes of nibbles: the low half of byte 32 c + l is value 64 c + l, the high half value 64 c + 32 + l. */
function unpackNibbles(bytes: DataView, at: number, codes: Int8Array): void {
  for (let c = 0; c < 4; c++) {
    for (let l = 0; l < 32; l++) {
      const pair = bytes.getUint8(at + 32 * c + l);
      codes[64 * c + l] = pair & 15;
      codes[64 * c + 32 + l] = pair >> 4;
    }
  }
}

/** Q4_K and Q5_K: d, dmin, then eight 6-bit scales s and minimums m in 12 bytes; group g has scale d s, minimum -dmin m. */
function unpackSixBitScales(bytes: DataView, at: number, { scales, minimums }: Unpacked): void {
  const [d, dmin] = [half(bytes.getUint16(at, true)), half(bytes.getUint16(at + 2, true))];
  for (let g = 0; g < 4; g++) {
    const [s, m, both] = [bytes.getUint8(at + 4 + g), bytes.getUint8(at + 8 + g), bytes.getUint8(at + 12 + g)];
    scales[g] = d * (s & 63);
    minimums[g] = -dmin * (m & 63);
    scales[g + 4] = d * ((both & 15) | ((s >> 2) & 48));
    minimums[g + 4] = -dmin * ((both >> 4) | ((m >> 2) & 48));
  }
}

/** Sixteen 4-bit scales and minimums, 64 bytes of codes, d, dmin. */
export const q2K = superBlockFormat({
  bytes: 84,
  bits: 4,
  blockSize: 16,
  hasMinimums: true,
  zero: 8,
  unpack(bytes, at, { codes, scales, minimums }) {
    const [d, dmin] = [half(bytes.getUint16(at + 80, true)), half(bytes.getUint16(at + 82, true))];
    for (let g = 0; g < 16; g++) {
      const pair = bytes.getUint8(at + g);
      scales[g] = d * (pair & 15);
      minimums[g] = -dmin * (pair >> 4);
    }
    unpackTwoBits(bytes, at + 16, codes);
  },
});

/** 32 bytes of third bits (clear: 4 is subtracted), 64 bytes of codes, sixteen 6-bit scales less 32, d. */
export const q3K = superBlockFormat({
  bytes: 110,
  bits: 4,
  blockSize: 16,
  hasMinimums: false,
  zero: 8,
  unpack(bytes, at, { codes, scales }) {
    const d = half(bytes.getUint16(at + 108, true));
    for (let g = 0; g < 16; g++) {
      const low = (bytes.getUint8(at + 96 + (g & 7)) >> (g < 8 ? 0 : 4)) & 15;
      const high = (bytes.getUint8(at + 104 + (g & 3)) >> (2 * (g >> 2))) & 3;
      scales[g] = d * ((low | (high << 4)) - 32);
    }
    unpackTwoBits(bytes, at + 32, codes);
    for (let l = 0; l < 32; l++) {
      const third = bytes.getUint8(at + l);
      for (let i = 0; i < 8; i++) codes[32 * i + l] = (codes[32 * i + l] as number) - ((third >> i) & 1 ? 0 : 4);
    }
  },
});

export const q4K = superBlockFormat({
  bytes: 144,
  bits: 4,
  blockSize: 32,
  hasMinimums: true,
  zero: 0,
  unpack(bytes, at, into) {
    unpackSixBitScales(bytes, at, into);
    unpackNibbles(bytes, at + 16, into.codes);
  },
});

/** As Q4_K, with 32 bytes of fifth bits before the nibbles: bit i of byte l belongs to value 32 i + l. */
export const q5K = superBlockFormat({
  bytes: 176,
  bits: 8,
  blockSize: 32,
  hasMinimums: true,
  zero: 128,
  unpack(bytes, at, into) {
    const { codes } = into;
    unpackSixBitScales(bytes, at, into);
    unpackNibbles(bytes, at + 48, codes);
    for (let l = 0; l < 32; l++) {
      const fifth = bytes.getUint8(at + 16 + l);
      for (let i = 0; i < 8; i++) codes[32 * i + l] = (codes[32 * i + l] as number) | (((fifth >> i) & 1) << 4);
    }
  },
});

/** 128 bytes of low nibbles, 64 of upper bit pairs, sixteen signed scales, d; q - 32 is what is scaled. */
export const q6K = superBlockFormat({
  bytes: 210,
  bits: 8,
  blockSize: 16,
  hasMinimums: false,
  zero: 128,
  unpack(bytes, at, { codes, scales }) {
    const d = half(bytes.getUint16(at + 208, true));
    for (let g = 0; g < 16; g++) scales[g] = d * bytes.getInt8(at + 192 + g);
    for (let h = 0; h < 2; h++) {
      for (let l = 0; l < 32; l++) {
        const [a, b] = [bytes.getUint8(at + 64 * h + l), bytes.getUint8(at + 64 * h + 32 + l)];
        const upper = bytes.getUint8(at + 128 + 32 * h + l);
        codes[128 * h + l] = ((a & 15) | ((upper & 3) << 4)) - 32;
        codes[128 * h + 32 + l] = ((b & 15) | (((upper >> 2) & 3) << 4)) - 32;
        codes[128 * h + 64 + l] = ((a >> 4) | (((upper >> 4) & 3) << 4)) - 32;
        codes[128 * h + 96 + l] = ((b >> 4) | ((upper >> 6) << 4)) - 32;
      }
    }
  },
});
