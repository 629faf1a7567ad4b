import { describe, expect, it } from 'vitest';
import { floatFormats } from '../../engine/files/dequantise/floats.ts';
import { seededRandom } from '../../engine/tensor/random.ts';
import { fitsFloat16, toFloat16 } from '../../engine/tensor/float16.ts';

/** As the reader of model files does. */
function decoded(halves: Uint16Array): Float32Array {
  const out = new Float32Array(halves.length);
  floatFormats.F16(new DataView(halves.buffer, halves.byteOffset, halves.byteLength), halves.length, out, 0);
  return out;
}

const bitsOf = (...values: readonly number[]) => [...toFloat16(Float32Array.from(values))];
const all = Uint16Array.from({ length: 65_536 }, (_, bits) => bits);
const values = decoded(all);
const finite = [...all.keys()].filter((bits) => Number.isFinite(values[bits]));

describe('float16', () => {
  it('gives every half back, subnormals and both zeros too', () => {
    expect(finite).toHaveLength(65_536 - 2 * 1024);
    const halves = toFloat16(Float32Array.from(finite, (bits) => values[bits] as number));
    expect(halves.findIndex((bits, i) => bits !== finite[i])).toBe(-1);
    expect(bitsOf(0, -0)).toEqual([0, 0x8000]);
  });

  it('rounds half way to the even one, and else to the nearer', () => {
    for (let bits = 0; bits < 0x7bff; bits++) {
      const [low, high] = [values[bits] as number, values[bits + 1] as number];
      const middle = (low + high) / 2;
      const quarter = (high - low) / 4;
      const even = bits % 2 === 0 ? bits : bits + 1;
      // The middle of two neighbours is a float32, for a half has 13 bits fewer.
      expect(bitsOf(middle, -middle, middle - quarter, middle + quarter)).toEqual([
        even,
        even + 0x8000,
        bits,
        bits + 1,
      ]);
    }
  });

  it('is the nearest half of random numbers', () => {
    const random = seededRandom(1);
    for (let i = 0; i < 1000; i++) {
      const value = Math.fround(random.normal() * 2 ** (random.below(38) - 24));
      const [bits = 0] = bitsOf(value);
      const distance = (other: number) => Math.abs((values[other] ?? NaN) - value);
      const neighbours = [bits - 1, bits + 1].filter((other) => Number.isFinite(values[other]));
      for (const other of neighbours) expect(distance(bits)).toBeLessThanOrEqual(distance(other));
    }
  });

  it('takes the smallest numbers to 0 and the largest to 65,504', () => {
    expect(bitsOf(2 ** -25, 2 ** -25 * 1.001, 65_504, 65_519.99, -65_519.99)).toEqual([0, 1, 0x7bff, 0x7bff, 0xfbff]);
  });

  it.each([65_520, -65_520, 1e30, Infinity, -Infinity, NaN])('refuses %d, and says where it is', (value) => {
    expect(fitsFloat16(value)).toBe(false);
    expect(() => toFloat16(Float32Array.of(1, value))).toThrow(/^float16: value 1 is /);
  });
});
