/** Plain numbers -> float32. Subnormals are kept; F64 is rounded to the nearest float32. */
import type { FloatType } from '../modelFiles.ts';
import { halves } from './half.ts';

type Convert = (bytes: DataView, count: number, out: Float32Array, from: number) => void;

/** The first `count` values of `bytes` -> out[from ...]. */
export const floatFormats: Readonly<Record<FloatType, Convert>> = {
  F64: (bytes, count, out, from) => {
    for (let i = 0; i < count; i++) out[from + i] = bytes.getFloat64(8 * i, true);
  },
  F32: (bytes, count, out, from) => {
    for (let i = 0; i < count; i++) out[from + i] = bytes.getFloat32(4 * i, true);
  },
  F16: (bytes, count, out, from) => {
    const table = halves;
    for (let i = 0; i < count; i++) out[from + i] = table[bytes.getUint16(2 * i, true)] as number;
  },
  // BF16 is the upper half of a float32.
  BF16: (bytes, count, out, from) => {
    const bits = new Uint32Array(out.buffer, out.byteOffset, out.length);
    for (let i = 0; i < count; i++) bits[from + i] = bytes.getUint16(2 * i, true) << 16;
  },
};
