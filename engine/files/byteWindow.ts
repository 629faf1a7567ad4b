/** Reads the head of an untrusted file piece by piece: every length is checked against the file before memory is taken for it. */
import { readSync } from 'node:fs';
import { Fault } from '../terms/fault.ts';

const pieceBytes = 1 << 18;
const longestText = 1 << 26;

/**
 * A forward-only little-endian reader over an open file. It holds one piece of the file at a time (at least 256 KiB).
 * Reads are synchronous: a header is a few MB, and a header that is awaited string by string takes several times longer.
 */
export class ByteWindow {
  readonly file: string;
  readonly size: number;
  readonly #descriptor: number;
  #bytes = Buffer.alloc(0);
  #start = 0;
  #at = 0;

  constructor(file: string, descriptor: number, size: number) {
    this.file = file;
    this.#descriptor = descriptor;
    this.size = size;
  }

  /** Offset in the file of the next byte. */
  get position(): number {
    return this.#start + this.#at;
  }

  get remaining(): number {
    return this.size - this.position;
  }

  u8(what: string): number {
    const at = this.#take(1, what);
    return this.#bytes.readUInt8(at);
  }

  i8(what: string): number {
    const at = this.#take(1, what);
    return this.#bytes.readInt8(at);
  }

  u16(what: string): number {
    const at = this.#take(2, what);
    return this.#bytes.readUInt16LE(at);
  }

  i16(what: string): number {
    const at = this.#take(2, what);
    return this.#bytes.readInt16LE(at);
  }

  u32(what: string): number {
    const at = this.#take(4, what);
    return this.#bytes.readUInt32LE(at);
  }

  i32(what: string): number {
    const at = this.#take(4, what);
    return this.#bytes.readInt32LE(at);
  }

  f32(what: string): number {
    const at = this.#take(4, what);
    return this.#bytes.readFloatLE(at);
  }

  f64(what: string): number {
    const at = this.#take(8, what);
    return this.#bytes.readDoubleLE(at);
  }

  /** A number where it is exact, else a bigint. */
  u64(what: string): number | bigint {
    const at = this.#take(8, what);
    return exact(this.#bytes.readBigUInt64LE(at));
  }

  i64(what: string): number | bigint {
    const at = this.#take(8, what);
    return exact(this.#bytes.readBigInt64LE(at));
  }

  /** A u64 that counts items of at least `itemBytes` each, all still to come in this file. */
  count(what: string, itemBytes: number): number {
    const count = this.u64(what);
    if (typeof count === 'bigint' || count * itemBytes > this.remaining) {
      throw new Fault({
        what: `${what} does not fit in the file`,
        where: this.file,
        expected: `at most ${Math.floor(this.remaining / itemBytes)} (${this.remaining} bytes are left)`,
        got: String(count),
      });
    }
    return count;
  }

  /** UTF-8 with a u64 byte length before it; bytes that are not UTF-8 become U+FFFD, a byte order mark is kept. */
  text(what: string): string {
    const length = this.count(`length of ${what}`, 1);
    if (length > longestText) {
      throw new Fault({
        what: `${what} is too long`,
        where: this.file,
        expected: `at most ${longestText} bytes`,
        got: `${length}`,
      });
    }
    const from = this.#take(length, what);
    return this.#bytes.toString('utf8', from, from + length);
  }

  /** Makes `length` bytes available and steps over them; returns where they begin in the piece. */
  #take(length: number, what: string): number {
    if (this.#at + length > this.#bytes.length) this.#refill(length, what);
    const from = this.#at;
    this.#at += length;
    return from;
  }

  #refill(length: number, what: string): void {
    const start = this.position;
    const bytes = Buffer.allocUnsafe(Math.min(Math.max(length, pieceBytes), Math.max(this.remaining, 0)));
    let filled = 0;
    while (filled < bytes.length) {
      const read = readSync(this.#descriptor, bytes, filled, bytes.length - filled, start + filled);
      if (read === 0) break;
      filled += read;
    }
    if (filled < length) throw endsEarly(this.file, what, start, length, filled);
    this.#bytes = bytes.subarray(0, filled);
    this.#start = start;
    this.#at = 0;
  }
}

function endsEarly(file: string, what: string, at: number, expected: number, got: number): Fault {
  return new Fault({
    what: `the file ends inside ${what} at byte ${at}`,
    where: file,
    expected: `${expected} bytes`,
    got: `${got}`,
  });
}

function exact(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
