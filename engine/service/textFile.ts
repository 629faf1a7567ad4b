/** Text files that the user names: bounded, UTF-8, read once. */
import { open } from 'node:fs/promises';
import { Fault } from '../terms/fault.ts';
import { systemReason } from './output.ts';

/** Largest text file that is read, in bytes. */
const LARGEST = 64 * 2 ** 20;

export interface TextFile {
  readonly text: string;
  /** The path as given, for errors. */
  readonly name: string;
}

export async function readTextFile(path: string): Promise<TextFile> {
  const bytes = await readBytes(path);
  try {
    return { name: path, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    throw new Fault({ what: 'not UTF-8 text', where: path });
  }
}

/** A file's bytes, of the same bound. */
export async function readBytes(path: string): Promise<Uint8Array> {
  const handle = await open(path, 'r').catch((error: unknown) => {
    throw cannotRead(path, error);
  });
  try {
    // A pipe or a device has no size, so the bound is on what is read.
    const pieces: Uint8Array[] = [];
    let total = 0;
    for (;;) {
      const { bytesRead, buffer } = await handle.read(new Uint8Array(2 ** 16), 0, 2 ** 16, null);
      if (bytesRead === 0) return Buffer.concat(pieces);
      pieces.push(buffer.subarray(0, bytesRead));
      total += bytesRead;
      if (total > LARGEST) throw new Fault({ what: 'too large', where: path, expected: `at most ${LARGEST} bytes` });
    }
  } catch (error) {
    throw error instanceof Fault ? error : cannotRead(path, error);
  } finally {
    await handle.close();
  }
}

function cannotRead(path: string, error: unknown): Fault {
  return new Fault({ what: 'cannot be read', where: path, got: systemReason(error) });
}
