/**
 * GGUF v2 and v3, little endian: metadata and tensor table, with GGUF's own names and nothing interpreted.
 * Our own reader, because a model file is untrusted: every count and length is checked against the size of the file
 * before memory is taken for it, and the tensors stay on disk.
 */
import { closeSync, fstatSync, openSync } from 'node:fs';
import { Fault } from '../terms/fault.ts';
import { ByteWindow } from './byteWindow.ts';
import { ggufType, readableGgufTypes } from './ggufTypes.ts';
import type { StoredTensor } from './modelFiles.ts';
import { checkNoOverlap } from './overlaps.ts';
import { blockLayouts, valueCount } from './storedTypes.ts';

/** Arrays are plain arrays; 64-bit integers are numbers where that is exact, else bigints. */
export type GgufValue = number | bigint | boolean | string | readonly GgufValue[];
export type GgufMetadata = ReadonlyMap<string, GgufValue>;

export interface GgufFile {
  readonly version: number;
  readonly metadata: GgufMetadata;
  /** By GGUF's name; shapes outermost axis first. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

const deepestArray = 4;
const mostAxes = 8;

/** Throws Fault where the file is not a GGUF file that can be read; `file` is its real path. */
export function readGguf(file: string): GgufFile {
  const descriptor = openSync(file, 'r');
  try {
    return readHeader(new ByteWindow(file, descriptor, fstatSync(descriptor).size));
  } finally {
    closeSync(descriptor);
  }
}

function readHeader(bytes: ByteWindow): GgufFile {
  const version = readVersion(bytes);
  // A tensor takes at least 24 bytes of table, a metadata entry at least 13.
  const tensorCount = bytes.count('tensor count', 24);
  const metadataCount = bytes.count('metadata count', 13);
  const metadata = readMetadata(bytes, metadataCount);
  const entries = Array.from({ length: tensorCount }, (_, index) => readEntry(bytes, index));
  const dataStart = alignUp(bytes.position, alignmentOf(bytes.file, metadata));
  return { version, metadata, tensors: placeTensors(bytes, entries, dataStart, alignmentOf(bytes.file, metadata)) };
}

function readVersion(bytes: ByteWindow): number {
  const magic = bytes.u32('the GGUF magic');
  if (magic !== 0x46554747) {
    throw new Fault({ what: 'not a GGUF file', where: bytes.file, expected: '"GGUF"', got: `0x${magic.toString(16)}` });
  }
  const version = bytes.u32('the GGUF version');
  if (version === 2 || version === 3) return version;
  const swapped = (version & 0xffff) === 0 && version !== 0;
  throw new Fault({
    what: swapped ? 'this GGUF file is big endian' : 'GGUF version',
    where: bytes.file,
    expected: swapped ? 'little endian' : '2 or 3',
    got: swapped ? 'big endian' : String(version),
  });
}

function readMetadata(bytes: ByteWindow, count: number): GgufMetadata {
  const metadata = new Map<string, GgufValue>();
  for (let index = 0; index < count; index++) {
    const key = bytes.text(`metadata key ${index}`);
    if (metadata.has(key)) throw new Fault({ what: `metadata key "${key}" appears twice`, where: bytes.file });
    metadata.set(key, readValue(bytes, bytes.u32(`type of "${key}"`), `"${key}"`, 0));
  }
  return metadata;
}

interface ValueKind {
  /** Fewest bytes that one takes. */
  readonly bytes: number;
  readonly read: (bytes: ByteWindow, what: string) => GgufValue;
}

const arrayType = 9;
const valueKinds: Readonly<Record<number, ValueKind>> = {
  0: { bytes: 1, read: (bytes, what) => bytes.u8(what) },
  1: { bytes: 1, read: (bytes, what) => bytes.i8(what) },
  2: { bytes: 2, read: (bytes, what) => bytes.u16(what) },
  3: { bytes: 2, read: (bytes, what) => bytes.i16(what) },
  4: { bytes: 4, read: (bytes, what) => bytes.u32(what) },
  5: { bytes: 4, read: (bytes, what) => bytes.i32(what) },
  6: { bytes: 4, read: (bytes, what) => bytes.f32(what) },
  7: { bytes: 1, read: (bytes, what) => bytes.u8(what) !== 0 },
  8: { bytes: 8, read: (bytes, what) => bytes.text(what) },
  10: { bytes: 8, read: (bytes, what) => bytes.u64(what) },
  11: { bytes: 8, read: (bytes, what) => bytes.i64(what) },
  12: { bytes: 8, read: (bytes, what) => bytes.f64(what) },
};

function readValue(bytes: ByteWindow, type: number, what: string, depth: number): GgufValue {
  if (type === arrayType) return readArray(bytes, what, depth);
  return kindOf(bytes, type, what).read(bytes, what);
}

function readArray(bytes: ByteWindow, what: string, depth: number): readonly GgufValue[] {
  if (depth >= deepestArray) throw new Fault({ what: `${what} nests arrays too deep`, where: bytes.file });
  const type = bytes.u32(`item type of ${what}`);
  const values: GgufValue[] = [];
  if (type === arrayType) {
    const count = bytes.count(`length of ${what}`, 12);
    for (let index = 0; index < count; index++) values.push(readArray(bytes, what, depth + 1));
    return values;
  }
  const kind = kindOf(bytes, type, what);
  const count = bytes.count(`length of ${what}`, kind.bytes);
  for (let index = 0; index < count; index++) values.push(kind.read(bytes, what));
  return values;
}

function kindOf(bytes: ByteWindow, type: number, what: string): ValueKind {
  const kind = valueKinds[type];
  if (kind !== undefined) return kind;
  throw new Fault({ what: `type of ${what} is unknown`, where: bytes.file, expected: '0 to 12', got: String(type) });
}

function alignmentOf(file: string, metadata: GgufMetadata): number {
  const alignment = metadata.get('general.alignment') ?? 32;
  if (
    typeof alignment === 'number' &&
    alignment >= 1 &&
    alignment <= 2 ** 20 &&
    Number.isInteger(Math.log2(alignment))
  ) {
    return alignment;
  }
  throw new Fault({ what: 'general.alignment', where: file, expected: 'a power of two', got: String(alignment) });
}

function alignUp(position: number, alignment: number): number {
  return Math.ceil(position / alignment) * alignment;
}

interface TableEntry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly typeNumber: number;
  /** From the start of the data. */
  readonly offset: number | bigint;
}

function readEntry(bytes: ByteWindow, index: number): TableEntry {
  const name = bytes.text(`name of tensor ${index}`);
  const what = `tensor "${name}"`;
  const axes = bytes.u32(`number of axes of ${what}`);
  if (axes > mostAxes) {
    throw new Fault({
      what: `${what}: number of axes`,
      where: bytes.file,
      expected: `at most ${mostAxes}`,
      got: `${axes}`,
    });
  }
  const shape = Array.from({ length: axes }, () => readSize(bytes, what)).toReversed();
  return { name, shape, typeNumber: bytes.u32(`type of ${what}`), offset: bytes.u64(`offset of ${what}`) };
}

function readSize(bytes: ByteWindow, what: string): number {
  const size = bytes.u64(`size of ${what}`);
  if (typeof size === 'number' && size >= 1) return size;
  throw new Fault({ what: `${what}: axis size`, where: bytes.file, expected: 'at least 1', got: String(size) });
}

function placeTensors(
  bytes: ByteWindow,
  entries: readonly TableEntry[],
  dataStart: number,
  alignment: number,
): ReadonlyMap<string, StoredTensor> {
  const tensors = new Map<string, StoredTensor>();
  for (const entry of entries) {
    if (tensors.has(entry.name)) throw new Fault({ what: `tensor "${entry.name}" appears twice`, where: bytes.file });
    tensors.set(entry.name, placeTensor(bytes, entry, dataStart, alignment));
  }
  checkNoOverlap([...tensors.values()]);
  return tensors;
}

function placeTensor(bytes: ByteWindow, entry: TableEntry, dataStart: number, alignment: number): StoredTensor {
  const { name, shape } = entry;
  const where = `${bytes.file}: tensor "${name}"`;
  const { name: typeName, type } = ggufType(entry.typeNumber);
  if (type === null) {
    throw new Fault({ what: 'this type is not read', where, expected: readableGgufTypes.join(' '), got: typeName });
  }
  const layout = blockLayouts[type];
  if ((shape.at(-1) ?? 1) % layout.values !== 0) {
    throw new Fault({
      what: 'last axis',
      where,
      expected: `a multiple of ${layout.values} for ${type}`,
      got: `${shape.at(-1)}`,
    });
  }
  const length = (valueCount(shape) / layout.values) * layout.bytes;
  const offset = Number(entry.offset) + dataStart;
  if (Number(entry.offset) % alignment !== 0) {
    throw new Fault({ what: 'offset', where, expected: `a multiple of ${alignment}`, got: String(entry.offset) });
  }
  if (!(offset + length <= bytes.size)) {
    throw new Fault({
      what: 'the tensor lies outside the file',
      where,
      expected: `to end by byte ${bytes.size}`,
      got: `${length} bytes at ${offset}`,
    });
  }
  return { name, type, shape, file: bytes.file, offset, length };
}
