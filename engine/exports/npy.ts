/** Arrays in numpy's .npy, format version 1.0 written, 1.0 to 3.0 read. Imports terms only. */
import { Fault } from '../terms/fault.ts';

/** Row-major. */
export interface NpyArray {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59] as const;
/** The data begins at a multiple of this. */
const ALIGNED = 64;
const LARGEST = 2 ** 24;

export function isNpy(data: Uint8Array): boolean {
  return MAGIC.every((byte, i) => data[i] === byte);
}

export function writeNpy({ shape, data }: NpyArray): Uint8Array {
  const dimensions = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${dimensions}), }`;
  // Magic, two bytes of version, two of the header's length, the header, a line feed.
  const prefix = MAGIC.length + 4;
  const length = Math.ceil((prefix + text.length + 1) / ALIGNED) * ALIGNED - prefix;
  const bytes = new Uint8Array(prefix + length + 4 * data.length);
  const view = new DataView(bytes.buffer);
  bytes.set([...MAGIC, 1, 0]);
  view.setUint16(MAGIC.length + 2, length, true);
  bytes.set(new TextEncoder().encode(`${text.padEnd(length - 1)}\n`), prefix);
  data.forEach((value, i) => view.setFloat32(prefix + length + 4 * i, value, true));
  return bytes;
}

/**
 * Of real numbers, integers or truth values, in either byte order. Throws Fault for anything else, for a file cut short, and
 * for more than `largest` numbers.
 */
export function readNpy(
  data: Uint8Array,
  where: string,
  { largest = LARGEST }: { readonly largest?: number } = {},
): NpyArray {
  if (!isNpy(data)) throw new Fault({ what: 'not a .npy file', where, expected: 'to begin with \\x93NUMPY' });
  const { text, start } = headerOf(data, where);
  const { descr, isFortran, shape } = fieldsOf(text, where);
  const element = elementOf(descr, where);
  const size = shape.reduce((product, length) => product * length, 1);
  if (size > largest)
    throw new Fault({ what: 'too large', where, expected: `at most ${largest} numbers`, got: `${size}` });
  if (data.length - start !== size * element.bytes) {
    const expected = `${size * element.bytes} bytes of data for shape ${shape.join(' x ')}`;
    throw new Fault({ what: 'of another length than its header says', where, expected, got: `${data.length - start}` });
  }
  const view = new DataView(data.buffer, data.byteOffset + start, size * element.bytes);
  const read = (i: number) => element.read(view, i * element.bytes);
  return { shape, data: Float32Array.from({ length: size }, (_, i) => read(isFortran ? columnMajor(i, shape) : i)) };
}

function headerOf(data: Uint8Array, where: string): { readonly text: string; readonly start: number } {
  const major = data[MAGIC.length] ?? 0;
  const wide = major >= 2;
  const from = MAGIC.length + (wide ? 6 : 4);
  if (major < 1 || major > 3 || data.length < from) {
    throw new Fault({ what: 'a version that is not known', where, expected: 'version 1 to 3', got: `${major}` });
  }
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  const length = wide ? view.getUint32(MAGIC.length + 2, true) : view.getUint16(MAGIC.length + 2, true);
  if (from + length > data.length || length > 2 ** 16) {
    throw new Fault({
      what: 'the header is cut short',
      where,
      expected: `${length} bytes`,
      got: `${data.length - from}`,
    });
  }
  return { text: new TextDecoder('latin1').decode(data.subarray(from, from + length)), start: from + length };
}

interface Header {
  readonly descr: string;
  readonly isFortran: boolean;
  readonly shape: readonly number[];
}

function fieldsOf(text: string, where: string): Header {
  const descr = /'descr'\s*:\s*'([^']{1,20})'/.exec(text)?.[1];
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(text)?.[1];
  const tuple = /'shape'\s*:\s*\(([\d\s,]{0,400})\)/.exec(text)?.[1];
  if (descr === undefined || order === undefined || tuple === undefined) {
    const expected = 'descr, fortran_order and shape';
    throw new Fault({ what: 'a header that is not understood', where, expected, got: text.slice(0, 120).trim() });
  }
  const shape = tuple.split(',').flatMap((part) => (part.trim() === '' ? [] : [Number(part)]));
  return { descr, isFortran: order === 'True', shape };
}

interface Element {
  readonly bytes: number;
  read(view: DataView, at: number): number;
}

function elementOf(descr: string, where: string): Element {
  const isLittle = !descr.startsWith('>');
  const element = elements(isLittle)[descr.replace(/^[<>|=]/, '')];
  if (element !== undefined) return element;
  throw new Fault({
    what: 'a type of number that is not read',
    where,
    expected: 'f4, f8, b1, u1, i1, i4 or i8',
    got: descr,
  });
}

function elements(isLittle: boolean): Readonly<Record<string, Element>> {
  return {
    f4: { bytes: 4, read: (view, at) => view.getFloat32(at, isLittle) },
    f8: { bytes: 8, read: (view, at) => view.getFloat64(at, isLittle) },
    b1: { bytes: 1, read: (view, at) => view.getUint8(at) },
    u1: { bytes: 1, read: (view, at) => view.getUint8(at) },
    i1: { bytes: 1, read: (view, at) => view.getInt8(at) },
    i4: { bytes: 4, read: (view, at) => view.getInt32(at, isLittle) },
    i8: { bytes: 8, read: (view, at) => Number(view.getBigInt64(at, isLittle)) },
  };
}

/** Where element i of the row-major order lies when the first axis runs fastest. */
function columnMajor(i: number, shape: readonly number[]): number {
  let [rest, position] = [i, 0];
  const strides = shape.map((_, axis) => shape.slice(0, axis).reduce((product, length) => product * length, 1));
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const length = shape[axis] ?? 1;
    position += (rest % length) * (strides[axis] ?? 1);
    rest = Math.floor(rest / length);
  }
  return position;
}
