/** Files that a command writes: what would make writing fail at the end is found before the work starts. */
import { randomUUID } from 'node:crypto';
import { open, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { Fault } from '../terms/fault.ts';

/** The reader of standard output went away, as `head` does: no one is left to tell. */
export class BrokenPipe extends Error {}

/** Throws Fault where a file is there already, or its folder can't be written. A device is accepted as it is. */
export async function checkOutput(path: string): Promise<void> {
  const existing = await stat(path).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return null;
    throw cannotWrite(path, error);
  });
  if (existing === null) return probeFolder(path);
  if (existing.isDirectory())
    throw new Fault({ what: 'cannot be written', where: path, expected: 'a file', got: 'a folder' });
  if (existing.isFile()) throw new Fault({ what: 'the file exists already', where: path, expected: 'a new name' });
}

/** Each output is checked, and no two are the same file. */
export async function checkOutputs(paths: readonly (string | undefined)[]): Promise<void> {
  const given = paths.filter((path) => path !== undefined);
  const twice = given.find((path, i) => given.findIndex((other) => resolve(other) === resolve(path)) !== i);
  if (twice !== undefined) throw new Fault({ what: 'two outputs to one file', where: twice });
  for (const path of given) await checkOutput(path);
}

// Permissions say little (root passes them all, network disks lie): making a file is the only test.
async function probeFolder(path: string): Promise<void> {
  const probe = join(dirname(path), `.${basename(path)}.${randomUUID().slice(0, 8)}.tmp`);
  try {
    await (await open(probe, 'wx')).close();
    await unlink(probe);
  } catch (error) {
    throw cannotWrite(path, error);
  }
}

export function cannotWrite(where: string, error: unknown): Fault {
  return new Fault({ what: 'cannot be written', where, got: systemReason(error) });
}

/** `no space left on device (ENOSPC)` */
export function systemReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (codeOf(error) === 'EISDIR') return 'a folder';
  const reason = /^[A-Z0-9]+: ([^,]+)/.exec(error.message)?.[1] ?? error.message;
  return `${reason} (${codeOf(error) ?? error.name})`;
}

export function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error ? String(error.code) : null;
}
