/** A model's folder: its files by name, links followed only where they may lead. */
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { Fault } from '../terms/fault.ts';
import { cannotRead } from './readJson.ts';

export interface ModelFolder {
  /** As the user gave it. */
  readonly path: string;
  /** Names of what lies in it, sorted. */
  readonly names: readonly string[];
  /** Real path of a file in it, or null where there is none. Throws Fault for a link that leaves the folder. */
  find(name: string): Promise<string | null>;
}

export async function openFolder(path: string): Promise<ModelFolder> {
  const real = await realpath(path).catch((error: unknown) => {
    throw cannotRead(path, error);
  });
  const names = (await readdir(real)).toSorted();
  const allowed = [real, ...hubBlobs(real)];
  return { path, names, find: (name) => findIn(real, allowed, name) };
}

/** In the hub cache a snapshot is a folder of links to ../../blobs. */
function hubBlobs(real: string): readonly string[] {
  const snapshots = dirname(real);
  return basename(snapshots) === 'snapshots' ? [join(dirname(snapshots), 'blobs')] : [];
}

async function findIn(folder: string, allowed: readonly string[], name: string): Promise<string | null> {
  if (
    name !== basename(name) ||
    name.includes('\\') ||
    name === '..' ||
    name === '.' ||
    name === '' ||
    name.includes('\0')
  ) {
    throw new Fault({
      what: 'a file name that leaves the folder',
      where: folder,
      expected: 'a plain file name',
      got: name,
    });
  }
  const real = await realpath(join(folder, name)).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw cannotRead(join(folder, name), error);
  });
  if (real === null) return null;
  if (allowed.some((place) => real.startsWith(place + sep))) {
    if ((await stat(real)).isFile()) return real;
    throw new Fault({ what: 'not a file', where: join(folder, name) });
  }
  throw new Fault({
    what: 'a link that leaves the folder',
    where: join(folder, name),
    expected: `a file in ${folder}`,
    got: real,
  });
}
