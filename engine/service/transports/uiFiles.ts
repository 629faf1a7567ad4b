/** The files of the interface, by path. */
import { constants } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { Fault } from '../../terms/fault.ts';

const mediaTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};

/** Path of a URL, `/index.html`, to the file's. */
export type UiFiles = ReadonlyMap<string, string>;

export interface UiFile {
  readonly bytes: Buffer;
  readonly type: string;
  /** Its name holds a hash of its content. */
  readonly hashed: boolean;
}

/**
 * What there is to serve is listed once: a request can name one of these or nothing, whatever its path says. Links are not
 * among them, nor names that begin with a dot.
 */
export async function listUiFiles(folder: string): Promise<UiFiles> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const files = new Map(paths.map((path) => [`/${relative(folder, path).split(sep).join('/')}`, path]));
  for (const url of files.keys()) if (url.includes('/.')) files.delete(url);
  const index = files.get('/index.html');
  if (index === undefined) {
    throw new Fault({ what: 'no interface there', where: folder, expected: 'index.html (npm run build:ui makes it)' });
  }
  return files.set('/', index);
}

/** Null where there is no such file. */
export async function readUiFile(files: UiFiles, target: string): Promise<UiFile | null> {
  const url = pathOf(target);
  const path = url === null ? undefined : files.get(url);
  if (url === null || path === undefined) return null;
  const bytes = await readRegular(path);
  if (bytes === null) return null;
  return { bytes, type: mediaTypes[extname(path)] ?? 'application/octet-stream', hashed: url.startsWith('/assets/') };
}

function pathOf(target: string): string | null {
  try {
    return decodeURIComponent(target.replace(/[?#].*$/s, ''));
  } catch {
    return null;
  }
}

// Not through a link that has taken the file's place since.
async function readRegular(path: string): Promise<Buffer | null> {
  const handle = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0)).catch(() => null);
  if (handle === null) return null;
  try {
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}
