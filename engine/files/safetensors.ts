/** One safetensors file: an 8-byte length, a JSON table, and the tensors' bytes, which stay on disk. */
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { Fault } from '../terms/fault.ts';
import { fileKind } from './fileKind.ts';
import { repeatedKey } from './jsonKeys.ts';
import type { StoredTensor, StoredType } from './modelFiles.ts';
import { checkNoOverlap } from './overlaps.ts';
import { cannotRead, isObject, parseJson } from './readJson.ts';
import { blockLayouts, valueCount } from './storedTypes.ts';

export interface SafetensorsFile {
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

/** The format's own limit on its header. */
const longestHeader = 100_000_000;
const mostAxes = 16;

const types: readonly StoredType[] = [
  'F64',
  'F32',
  'F16',
  'BF16',
  'I64',
  'I32',
  'I16',
  'I8',
  'U64',
  'U32',
  'U16',
  'U8',
  'BOOL',
];

/** Throws Fault where the file is not safetensors, or its table lies. `file` is the real path. */
export async function readSafetensors(file: string): Promise<SafetensorsFile> {
  const handle = await open(file, 'r').catch((error: unknown) => {
    throw cannotRead(file, error);
  });
  try {
    const { size } = await handle.stat();
    const header = await readHeader(file, handle, size);
    return readTable(file, header, 8 + Buffer.byteLength(header), size);
  } finally {
    await handle.close();
  }
}

async function readHeader(file: string, handle: FileHandle, size: number): Promise<string> {
  const head = await readExactly(file, handle, 0, Math.min(size, 512));
  const kind = fileKind('.safetensors', head);
  if (kind.kind !== 'safetensors' || size < 8) {
    const got = kind.kind === 'other' ? kind.is : `${size} bytes`;
    throw new Fault({ what: 'not a safetensors file', where: file, expected: 'safetensors', got });
  }
  const length = head.readBigUInt64LE();
  const most = Math.min(size - 8, longestHeader);
  if (length < 2n || length > BigInt(most)) {
    throw new Fault({ what: 'safetensors header length', where: file, expected: `2 to ${most}`, got: `${length}` });
  }
  const bytes = await readExactly(file, handle, 8, Number(length));
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Fault({ what: 'safetensors header is not UTF-8', where: file });
  }
}

async function readExactly(file: string, handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(length), 0, length, position);
  if (bytesRead === length) return buffer;
  throw new Fault({
    what: `the file ends at byte ${position + bytesRead}`,
    where: file,
    expected: `${position + length}`,
  });
}

function readTable(file: string, header: string, dataStart: number, size: number): SafetensorsFile {
  const table = parseJson(header, `${file}: safetensors header`);
  if (!isObject(table)) throw new Fault({ what: 'safetensors header is not a JSON object', where: file });
  const repeated = repeatedKey(header);
  if (repeated !== null) throw new Fault({ what: `tensor "${repeated}" appears twice`, where: file });
  const { __metadata__: metadata = {}, ...entries } = table;
  const tensors = Object.entries(entries).map(([name, entry]) => readEntry(file, name, entry, dataStart, size));
  checkNoOverlap(tensors);
  return { metadata: readMetadata(file, metadata), tensors: new Map(tensors.map((tensor) => [tensor.name, tensor])) };
}

function readMetadata(file: string, metadata: unknown): Readonly<Record<string, string>> {
  const entries = isObject(metadata) ? Object.entries(metadata) : [['', null] as const];
  const texts = entries.flatMap(([key, value]) => (typeof value === 'string' ? [[key, value] as const] : []));
  if (texts.length === entries.length) return Object.fromEntries(texts);
  throw new Fault({ what: '__metadata__', where: file, expected: 'an object of texts' });
}

function readEntry(file: string, name: string, entry: unknown, dataStart: number, size: number): StoredTensor {
  const where = `${file}: tensor "${name}"`;
  if (!isObject(entry)) throw new Fault({ what: 'table entry', where, expected: 'an object', got: typeof entry });
  const type = types.find((known) => known === entry.dtype);
  if (type === undefined) {
    throw new Fault({ what: 'this dtype is not read', where, expected: types.join(' '), got: String(entry.dtype) });
  }
  const shape = readShape(where, entry.shape);
  const [begin, end] = readOffsets(where, entry.data_offsets, size - dataStart);
  const length = valueCount(shape) * blockLayouts[type].bytes;
  if (end - begin !== length) {
    throw new Fault({
      what: `${type} [${shape.join(', ')}]`,
      where,
      expected: `${length} bytes`,
      got: `${end - begin}`,
    });
  }
  return { name, type, shape, file, offset: dataStart + begin, length };
}

function readShape(where: string, shape: unknown): readonly number[] {
  if (Array.isArray(shape) && shape.length <= mostAxes && shape.every(isCount)) return shape;
  throw new Fault({
    what: 'shape',
    where,
    expected: 'an array of sizes',
    got: JSON.stringify(shape)?.slice(0, 100) ?? 'none',
  });
}

function readOffsets(where: string, offsets: unknown, most: number): readonly [number, number] {
  const [begin, end]: readonly unknown[] = Array.isArray(offsets) && offsets.length === 2 ? offsets : [];
  if (isCount(begin) && isCount(end) && begin <= end && end <= most) return [begin, end];
  throw new Fault({
    what: 'data_offsets',
    where,
    expected: `two increasing offsets up to ${most}`,
    got: JSON.stringify(offsets)?.slice(0, 100) ?? 'none',
  });
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
