/** Writes a safetensors file one tensor at a time, so that a model larger than memory can be copied. */
import type { FloatType, IntegerType } from './modelFiles.ts';
import { blockLayouts, valueCount } from './storedTypes.ts';
import { writeAtomically } from './writeAtomically.ts';
import type { WriteOptions } from './writeAtomically.ts';

export interface TensorToStream {
  readonly name: string;
  readonly type: FloatType | IntegerType;
  readonly shape: readonly number[];
  /** Its bytes, little-endian, row-major; asked for once, when its turn comes. */
  read(): Promise<Uint8Array>;
}

/**
 * Tensors in the order given, widest values first so that each is aligned. `onWritten` counts bytes of tensors.
 * Throws Fault where the file can't be written, RangeError where a tensor's bytes are not those of its shape.
 */
export async function streamSafetensors(
  path: string,
  tensors: readonly TensorToStream[],
  metadata: Readonly<Record<string, string>>,
  options: WriteOptions & { readonly onWritten?: (bytes: number) => void } = {},
): Promise<void> {
  const width = ({ type }: TensorToStream) => blockLayouts[type].bytes;
  const ordered = tensors.toSorted((a, b) => width(b) - width(a));
  await writeAtomically(path, pieces(ordered, metadata, options.onWritten), options);
}

/** Bytes of the values. */
function streamedBytes({ type, shape }: TensorToStream): number {
  return valueCount(shape) * blockLayouts[type].bytes;
}

async function* pieces(
  tensors: readonly TensorToStream[],
  metadata: Readonly<Record<string, string>>,
  onWritten?: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  const header = Buffer.from(JSON.stringify(table(tensors, metadata)));
  const padding = (8 - (header.length % 8)) % 8;
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length + padding));
  yield Buffer.concat([length, header, Buffer.alloc(padding, ' ')]);
  let written = 0;
  for (const tensor of tensors) {
    const bytes = await tensor.read();
    const expected = streamedBytes(tensor);
    if (bytes.byteLength !== expected) {
      throw new RangeError(`streamSafetensors: "${tensor.name}" has ${bytes.byteLength} bytes, not ${expected}`);
    }
    yield bytes;
    written += expected;
    onWritten?.(written);
  }
}

function table(tensors: readonly TensorToStream[], metadata: Readonly<Record<string, string>>): object {
  const entries = new Map<string, unknown>([['__metadata__', metadata]]);
  let offset = 0;
  for (const tensor of tensors) {
    const { name, type, shape } = tensor;
    if (entries.has(name)) throw new RangeError(`streamSafetensors: "${name}" appears twice`);
    const end = offset + streamedBytes(tensor);
    entries.set(name, { dtype: type, shape, data_offsets: [offset, end] });
    offset = end;
  }
  return Object.fromEntries(entries);
}
