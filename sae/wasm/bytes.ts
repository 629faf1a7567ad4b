/** How WebAssembly's binary format writes numbers and lists (core specification 2.0, section 5). Imports nothing. */

export type Bytes = readonly number[];

/** Unsigned LEB128: seven bits a byte, lowest first. */
export function unsigned(value: number): Bytes {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? low | 0x80 : low);
  } while (rest > 0);
  return bytes;
}

/** Signed LEB128 of a 32-bit integer: ends where the rest is the last byte's sign. */
export function signed(value: number): Bytes {
  const bytes: number[] = [];
  let rest = value | 0;
  for (;;) {
    const low = rest & 0x7f;
    rest >>= 7;
    const done = (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0);
    bytes.push(done ? low : low | 0x80);
    if (done) return bytes;
  }
}

/** IEEE 754 single precision, little endian. */
export function float32(value: number): Bytes {
  const bytes = new DataView(new ArrayBuffer(4));
  bytes.setFloat32(0, value, true);
  return [0, 1, 2, 3].map((i) => bytes.getUint8(i));
}

/** A list: its length, then its items. */
export function vector(items: readonly Bytes[]): Bytes {
  return [...unsigned(items.length), ...items.flat()];
}

/** Something preceded by how many bytes it has. */
export function sized(content: Bytes): Bytes {
  return [...unsigned(content.length), ...content];
}

export function text(value: string): Bytes {
  return sized([...new TextEncoder().encode(value)]);
}
