/**
 * A message as bytes, for carriers that know only bytes. Little-endian:
 *
 *     u32 magic and version | u32 length of the header | header: UTF-8 JSON | 0 to 7 zeros | payload: the typed arrays
 *
 * Every typed array starts at a multiple of 8 in the payload, and the payload at a multiple of 8 in the frame, so that the
 * reader has views and no copies. In the header an object with the one key `$` stands for what JSON can't say:
 *
 *     {"$": ["Float32Array", offset, length]}   a typed array: offset in bytes in the payload, length in elements
 *     {"$": "NaN"}                              or Infinity, -Infinity, -0, undefined
 *     {"$": {...}}                              a plain object that has a key `$` of its own
 *
 * Plain data comes back as it went; what is none (a Map, a class's object, a bigint, a function) is refused. Imports terms only.
 */
import { Fault } from '../terms/fault.ts';
import type { TypedArray, TypedArrayName } from './typedArrays.ts';
import { isTypedArrayName, typedArrayName, typedArrays } from './typedArrays.ts';

export interface FrameLimits {
  /** Bytes of JSON. */
  readonly header: number;
  /** Bytes of typed arrays. */
  readonly payload: number;
}

export const usualLimits: FrameLimits = { header: 2 ** 25, payload: 2 ** 29 };

/** `H S F 1`. */
const magic = 0x01_46_53_48;
const prefix = 8;
const deepest = 64;
const specials: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['NaN', NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
  ['-0', -0],
  ['undefined', undefined],
]);

/** Throws Fault where the message is larger than the limits, TypeError where it is no plain data. */
export function encodeFrame(message: unknown, limits: FrameLimits = usualLimits): Uint8Array<ArrayBuffer> {
  const writer = new Writer();
  const header = new TextEncoder().encode(JSON.stringify(writer.write(message, 0)));
  checkSize('header', header.length, limits.header);
  checkSize('payload', writer.length, limits.payload);
  const start = aligned(prefix + header.length);
  const frame = new Uint8Array(start + writer.length);
  const view = new DataView(frame.buffer);
  view.setUint32(0, magic, true);
  view.setUint32(4, header.length, true);
  frame.set(header, prefix);
  writer.copyTo(frame.subarray(start));
  return frame;
}

/** The message; typed arrays are views of the frame. Throws Fault for whatever is no frame within the limits. */
export function decodeFrame(bytes: Uint8Array, limits: FrameLimits = usualLimits): unknown {
  const frame = bytes.byteOffset % 8 === 0 ? bytes : bytes.slice();
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (frame.length < prefix || view.getUint32(0, true) !== magic) throw broken('first bytes', 'HSF 1');
  const headerLength = view.getUint32(4, true);
  checkSize('header', headerLength, limits.header);
  const start = aligned(prefix + headerLength);
  if (start > frame.length) throw broken('header', `${headerLength} bytes`, `${frame.length - prefix}`);
  checkSize('payload', frame.length - start, limits.payload);
  const reader = new Reader(frame.subarray(start));
  const message = reader.read(parseHeader(frame.subarray(prefix, prefix + headerLength)), 0);
  reader.finish();
  return message;
}

function aligned(length: number): number {
  return Math.ceil(length / 8) * 8;
}

function checkSize(part: string, size: number, limit: number): void {
  if (size <= limit) return;
  throw new Fault({ what: `${part} too large`, where: 'frame', expected: `at most ${limit} bytes`, got: `${size}` });
}

function broken(what: string, expected: string, got?: string): Fault {
  return new Fault({ what: `broken ${what}`, where: 'frame', expected, ...(got === undefined ? {} : { got }) });
}

function parseHeader(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    throw broken('header', 'JSON in UTF-8');
  }
}

/** Turns a message into what JSON can say, and keeps its typed arrays for the payload. */
class Writer {
  readonly #arrays: { readonly offset: number; readonly array: TypedArray }[] = [];
  length = 0;

  write(value: unknown, depth: number): unknown {
    if (depth > deepest) throw new TypeError(`frame: expected at most ${deepest} levels of nesting`);
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
    if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0) ? value : special(value);
    if (value === undefined) return { $: 'undefined' };
    if (Array.isArray(value)) return Array.from(value, (item: unknown) => this.write(item, depth + 1));
    if (ArrayBuffer.isView(value)) return { $: this.#place(value) };
    if (!isPlainObject(value)) throw notPlain(value);
    const entries = Object.entries(value).map(([key, inner]) => [key, this.write(inner, depth + 1)] as const);
    const plain: unknown = Object.fromEntries(entries);
    return Object.hasOwn(value, '$') ? { $: plain } : plain;
  }

  copyTo(payload: Uint8Array): void {
    for (const { offset, array } of this.#arrays) {
      payload.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), offset);
    }
  }

  #place(view: ArrayBufferView): readonly [TypedArrayName, number, number] {
    const name = typedArrayName(view);
    if (name === null) throw notPlain(view);
    const array = view as TypedArray;
    const offset = this.length;
    this.#arrays.push({ offset, array });
    this.length = aligned(offset + array.byteLength);
    return [name, offset, array.length];
  }
}

function special(value: number): { readonly $: string } {
  return { $: Object.is(value, -0) ? '-0' : String(value) };
}

// An object of another realm is plain too: its prototype is an object without one.
function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function notPlain(value: unknown): TypeError {
  const name = typeof value === 'object' && value !== null ? value.constructor.name : typeof value;
  return new TypeError(`frame: expected plain data or one of ${Object.keys(typedArrays).join(', ')}, got ${name}`);
}

/** The Writer's counterpart. Arrays must follow each other as the Writer places them: none overlap, no byte is left. */
class Reader {
  readonly #payload: Uint8Array;
  #read = 0;

  constructor(payload: Uint8Array) {
    this.#payload = payload;
  }

  read(value: unknown, depth: number): unknown {
    if (depth > 2 * deepest) throw broken('header', `at most ${2 * deepest} levels of nesting`);
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map((item: unknown) => this.read(item, depth + 1));
    return '$' in value ? this.#tagged(value, depth) : this.#object(value, depth);
  }

  finish(): void {
    if (this.#read !== this.#payload.length) throw broken('payload', `${this.#read} bytes`, `${this.#payload.length}`);
  }

  // Own entries only, so that a key `__proto__` is a key like any other.
  #object(value: object, depth: number): unknown {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, this.read(inner, depth + 1)]));
  }

  #tagged(value: { readonly $: unknown }, depth: number): unknown {
    const { $: tag } = value;
    if (Object.keys(value).length !== 1) throw broken('tag', 'no key beside $');
    if (Array.isArray(tag)) return this.#array(tag);
    if (typeof tag === 'object' && tag !== null) return this.#object(tag, depth);
    if (typeof tag === 'string' && specials.has(tag)) return specials.get(tag);
    throw broken('tag', `an array, an object or one of ${[...specials.keys()].join(', ')}`);
  }

  #array([name, offset, length, ...more]: readonly unknown[]): TypedArray {
    if (!isTypedArrayName(name) || more.length > 0) throw broken('array', Object.keys(typedArrays).join(', '));
    if (offset !== this.#read) throw broken('array', `offset ${this.#read}`, String(offset));
    const size = typedArrays[name].BYTES_PER_ELEMENT;
    const most = Math.floor((this.#payload.length - offset) / size);
    if (!isCount(length) || length > most) throw broken('array', `0 to ${most} elements`, String(length));
    this.#read = aligned(offset + length * size);
    const { buffer, byteOffset } = this.#payload;
    return new typedArrays[name](buffer as ArrayBuffer, byteOffset + offset, length);
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
