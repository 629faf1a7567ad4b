/** Small files beside a model, read with a limit on their size. */
import { open } from 'node:fs/promises';
import { Fault } from '../terms/fault.ts';

const mebibyte = 1 << 20;

/** Throws Fault where the file is larger than `limit` bytes or can't be read. */
export async function readSmall(file: string, limit: number): Promise<Buffer> {
  const handle = await open(file, 'r').catch((error: unknown) => {
    throw cannotRead(file, error);
  });
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) throw new Fault({ what: 'not a file', where: file });
    if (stat.size > limit) {
      throw new Fault({ what: 'too large', where: file, expected: `at most ${limit} bytes`, got: `${stat.size}` });
    }
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

export function cannotRead(file: string, error: unknown): Fault {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: 'no such file or folder',
    ENOTDIR: 'part of the path is a file, not a folder',
    EACCES: 'no permission to read it',
    EISDIR: 'a folder, not a file',
    ELOOP: 'a link that leads back to itself',
  };
  return new Fault({
    what: reasons[code] ?? `cannot be read (${error instanceof Error ? error.message : String(error)})`,
    where: file,
  });
}

export async function readJson(file: string, limit = 16 * mebibyte): Promise<unknown> {
  return parseJson((await readSmall(file, limit)).toString('utf8'), file);
}

/** Throws Fault where the file does not hold one JSON object. */
export async function readJsonObject(file: string, limit?: number): Promise<Record<string, unknown>> {
  const value = await readJson(file, limit);
  if (isObject(value)) return value;
  throw new Fault({
    what: 'not a JSON object',
    where: file,
    expected: '{...}',
    got: Array.isArray(value) ? 'an array' : typeof value,
  });
}

export function parseJson(text: string, where: string): unknown {
  if (text.startsWith('version https://git-lfs')) {
    throw new Fault({
      what: 'a Git LFS pointer, not the file itself (git lfs pull fetches it)',
      where,
      expected: 'JSON',
    });
  }
  try {
    return JSON.parse(text.startsWith('\ufeff') ? text.slice(1) : text);
  } catch (error) {
    throw new Fault({ what: 'not valid JSON', where, got: error instanceof Error ? error.message : String(error) });
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
