/** A file appears whole or not at all: written beside its place, flushed to disk, then renamed. */
import { open, readdir, rename, stat, unlink } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Fault } from '../terms/fault.ts';

export interface WriteOptions {
  /** Replace a file that is there; otherwise it is a Fault. */
  readonly overwrite?: boolean;
}

export type Pieces = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/**
 * Throws Fault where the file exists already, the folder can't be written, or the disk is full; then nothing is left behind.
 * A device or pipe that exists is written straight into.
 */
export async function writeAtomically(
  path: string,
  pieces: Pieces,
  { overwrite = false }: WriteOptions = {},
): Promise<void> {
  const existing = await stat(path).catch(() => null);
  if (existing?.isDirectory())
    throw new Fault({ what: 'cannot be written', where: path, expected: 'a file', got: 'a folder' });
  if (existing !== null && !existing.isFile()) return writeInto(path, 'r+', pieces, path);
  if (existing !== null && !overwrite) {
    throw new Fault({ what: 'the file exists already', where: path, expected: 'a new name' });
  }
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.${Date.now().toString(36)}.part`);
  try {
    await writeInto(temporary, 'wx', pieces, path);
    await rename(temporary, path).catch((error: unknown) => {
      throw cannotWrite(path, error);
    });
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
}

/** Is it the name of a file that was being written when its process was killed, or is still being written? */
export function isUnfinished(name: string): boolean {
  return /^\..+\.\d+\.[0-9a-z]+\.part$/.test(name);
}

/** Deletes what killed processes left half written in a folder. */
export async function removeUnfinished(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter(isUnfinished);
  await Promise.all(names.map((name) => unlink(join(folder, name)).catch(() => undefined)));
}

async function writeInto(file: string, flags: string, pieces: Pieces, path: string): Promise<void> {
  const handle = await open(file, flags).catch((error: unknown) => {
    throw cannotWrite(path, error);
  });
  try {
    for await (const piece of pieces) await writeAll(handle, piece, path);
    if ((await handle.stat()).isFile()) await handle.sync();
  } finally {
    await handle.close();
  }
}

// Errors of the pieces themselves pass through: only the disk's become a Fault about the file.
async function writeAll(handle: FileHandle, piece: Uint8Array, path: string): Promise<void> {
  for (let written = 0; written < piece.byteLength;) {
    const { bytesWritten } = await handle.write(piece, written).catch((error: unknown) => {
      throw cannotWrite(path, error);
    });
    written += bytesWritten;
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'its folder does not exist',
  ENOTDIR: 'part of its path is a file, not a folder',
  EACCES: 'no permission',
  EPERM: 'no permission',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  ENAMETOOLONG: 'its name is too long',
};

function cannotWrite(path: string, error: unknown): Fault {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return new Fault({
    what: 'cannot be written',
    where: path,
    got: reasons[code] ?? (error instanceof Error ? error.message : String(error)),
  });
}
