/** Pools of activations on disk: a safetensors file each, whose rows lie one after another and are read by their number. */
import type { FileHandle } from 'node:fs/promises';
import { mkdir, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { StoredTensor } from '../../engine/files/modelFiles.ts';
import { readFloat32 } from '../../engine/files/readTensor.ts';
import { readSafetensors } from '../../engine/files/safetensors.ts';
import { streamSafetensors } from '../../engine/files/streamSafetensors.ts';
import { Fault } from '../../engine/terms/fault.ts';
import type { PoolStore, RowsToStore, StoredPool } from '../activations/poolStore.ts';

export class PoolFiles implements PoolStore {
  readonly #folder: string;
  readonly #write: typeof streamSafetensors;

  /** The folder is made with the first pool. `write`: in place of the disk's. */
  constructor(folder: string, write = streamSafetensors) {
    this.#folder = folder;
    this.#write = write;
  }

  async find(pool: number, of: string): Promise<StoredPool | null> {
    try {
      const { metadata, tensors } = await readSafetensors(this.#path(pool));
      return metadata['of'] === of ? storedPool([...tensors.values()]) : null;
    } catch (error) {
      // None, or one cut short: it is collected again.
      if (error instanceof Fault) return null;
      throw error;
    }
  }

  async write(pool: number, of: string, width: number, parts: readonly RowsToStore[]): Promise<StoredPool> {
    const tensors = parts.map(({ rows, read }, i) => ({
      name: `rows.${String(i).padStart(8, '0')}`,
      type: 'F32' as const,
      shape: [rows, width],
      read: async () => bytesOf(await read()),
    }));
    await mkdir(this.#folder, { recursive: true }).catch((error: unknown) => {
      throw new Fault({ what: 'the folder cannot be made', where: this.#folder, got: String(error) });
    });
    await this.#write(this.#path(pool), tensors, { of }, { overwrite: true });
    const stored = await this.find(pool, of);
    if (stored !== null) return stored;
    throw new Fault({ what: 'rows that were written cannot be read', where: this.#path(pool) });
  }

  async remove(pool: number): Promise<void> {
    await unlink(this.#path(pool)).catch(() => undefined);
  }

  #path(pool: number): string {
    return join(this.#folder, `rows-${pool}.safetensors`);
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** Tensors of one type lie one after another, in the order in which they were written. */
function storedPool(parts: readonly StoredTensor[]): StoredPool {
  const ordered = parts.toSorted((a, b) => a.offset - b.offset);
  const [first] = ordered as [StoredTensor];
  const width = first.shape[1] as number;
  const bytes = ordered.reduce((sum, { length }) => sum + length, 0);
  const whole: StoredTensor = { ...first, name: 'rows', shape: [bytes / (4 * width), width], length: bytes };
  return {
    bytes,
    all: async () => ({ width, data: await readFloat32(whole) }),
    rowsAt: (numbers) => readRowsAt(whole, width, numbers),
  };
}

async function readRowsAt(
  { file, offset }: StoredTensor,
  width: number,
  numbers: ArrayLike<number>,
): Promise<Float32Array> {
  const data = new Float32Array(numbers.length * width);
  const bytes = bytesOf(data);
  const handle = await open(file, 'r').catch((error: unknown) => {
    throw new Fault({ what: 'cannot be opened', where: file, got: String(error) });
  });
  try {
    for (let i = 0; i < numbers.length; i++)
      await readRow(
        handle,
        file,
        bytes.subarray(i * width * 4, (i + 1) * width * 4),
        offset + (numbers[i] as number) * width * 4,
      );
  } finally {
    await handle.close();
  }
  return data;
}

async function readRow(handle: FileHandle, file: string, row: Uint8Array, position: number): Promise<void> {
  const { bytesRead } = await handle.read(row, 0, row.length, position);
  if (bytesRead === row.length) return;
  const expected = `${row.length} bytes at ${position}`;
  throw new Fault({ what: 'the file has become shorter', where: file, expected, got: String(bytesRead) });
}
