/** Writes a safetensors file, whole or not at all. */
import { writeAtomically } from './writeAtomically.ts';
import type { WriteOptions } from './writeAtomically.ts';

export interface TensorToWrite {
  readonly name: string;
  readonly shape: readonly number[];
  /** F32, F64, I64, I32 or U8, by the array's own type; the bits of F16 values as a Uint16Array. */
  readonly data: Float32Array | Float64Array | BigInt64Array | Int32Array | Uint16Array | Uint8Array;
}

/**
 * Tensors in the order given, widest values first so that each is aligned. Throws Fault where the file can't be written
 * (see writeAtomically), RangeError where a shape and its data differ or a name appears twice.
 */
export async function writeSafetensors(
  path: string,
  tensors: readonly TensorToWrite[],
  metadata: Readonly<Record<string, string>> = {},
  options: WriteOptions = {},
): Promise<void> {
  const ordered = tensors.toSorted((a, b) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT);
  await writeAtomically(path, pieces(ordered, metadata), options);
}

function* pieces(tensors: readonly TensorToWrite[], metadata: Readonly<Record<string, string>>): Generator<Uint8Array> {
  const header = Buffer.from(JSON.stringify(table(tensors, metadata)));
  const padding = (8 - (header.length % 8)) % 8;
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length + padding));
  yield Buffer.concat([length, header, Buffer.alloc(padding, ' ')]);
  for (const { data } of tensors) yield new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function table(tensors: readonly TensorToWrite[], metadata: Readonly<Record<string, string>>): Record<string, unknown> {
  const entries = new Map<string, unknown>(Object.keys(metadata).length === 0 ? [] : [['__metadata__', metadata]]);
  let offset = 0;
  for (const { name, shape, data } of tensors) {
    if (entries.has(name)) throw new RangeError(`writeSafetensors: "${name}" appears twice`);
    if (shape.reduce((product, size) => product * size, 1) !== data.length) {
      throw new RangeError(`writeSafetensors: "${name}" [${shape.join(', ')}] has ${data.length} values`);
    }
    entries.set(name, { dtype: dtypeOf(data), shape, data_offsets: [offset, offset + data.byteLength] });
    offset += data.byteLength;
  }
  return Object.fromEntries(entries);
}

function dtypeOf(data: TensorToWrite['data']): string {
  if (data instanceof Float32Array) return 'F32';
  if (data instanceof Float64Array) return 'F64';
  if (data instanceof BigInt64Array) return 'I64';
  if (data instanceof Uint16Array) return 'F16';
  return data instanceof Int32Array ? 'I32' : 'U8';
}
