/** Files of a project: what lies there may have come from anywhere, so that links are not followed and sizes are bounded. */
import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { lstat, open } from 'node:fs/promises';
import { cannotRead } from '../../files/readJson.ts';
import { Fault } from '../../terms/fault.ts';

// Windows has no such flag; there the check before is all there is.
const noFollow = constants.O_NOFOLLOW ?? 0;

/** Opens an existing file. Throws Fault for a link, a folder or a device. */
export async function openFile(path: string, flags: number = constants.O_RDONLY): Promise<FileHandle> {
  const found = await lstat(path).catch((error: unknown) => {
    throw cannotRead(path, error);
  });
  if (!found.isFile()) throw new Fault({ what: 'not a file', where: path, ...(found.isSymbolicLink() ? linked : {}) });
  return open(path, flags | noFollow).catch((error: unknown) => {
    throw cannotRead(path, error);
  });
}

/** Throws Fault where the file is larger than `limit` bytes. */
export async function readBounded(path: string, limit: number): Promise<string> {
  const handle = await openFile(path);
  try {
    const { size } = await handle.stat();
    if (size > limit) {
      throw new Fault({ what: 'too large', where: path, expected: `at most ${limit} bytes`, got: `${size}` });
    }
    return (await handle.readFile()).toString('utf8');
  } finally {
    await handle.close();
  }
}

/** Throws Fault where it is not there, or a link. */
export async function requireFolder(path: string): Promise<void> {
  const found = await lstat(path).catch((error: unknown) => {
    throw cannotRead(path, error);
  });
  if (!found.isDirectory())
    throw new Fault({ what: 'not a folder', where: path, ...(found.isSymbolicLink() ? linked : {}) });
}

const linked = { got: 'a link' };
