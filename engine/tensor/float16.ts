/** Float32 to IEEE 754 half precision. */

const scratch = new Float32Array(1);
const bits = new Uint32Array(scratch.buffer);

/** Is there a nearest half? Not for a value that would round beyond 65,504, a NaN or an infinity. */
export function fitsFloat16(value: number): boolean {
  // Half way from the largest half to the next power of two.
  return Math.abs(Math.fround(value)) < 65520;
}

/** Bits of the nearest half, ties to even. RangeError (with the index) for a value beyond 65,504, a NaN or an infinity. */
export function toFloat16(values: Float32Array): Uint16Array {
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) halves[i] = half(values[i] as number, i);
  return halves;
}

function half(value: number, index: number): number {
  scratch[0] = value;
  const word = bits[0] as number;
  const sign = (word >>> 16) & 0x8000;
  const size = Math.abs(scratch[0] as number);
  if (!fitsFloat16(value)) throw new RangeError(`float16: value ${index} is ${value}, expected at most 65504 in size`);
  // Below 2^-14 halves are multiples of 2^-24.
  if (size < 2 ** -14) return sign | roundToEven(size * 2 ** 24);
  const exponent = ((word >>> 23) & 0xff) - 127;
  // A mantissa that rounds up to 1024 carries into the exponent, as it should.
  return sign | (((exponent + 15) << 10) + roundToEven((word & 0x7fffff) / 2 ** 13));
}

function roundToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest === 0.5) return floor + (floor % 2);
  return rest < 0.5 ? floor : floor + 1;
}
