import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { ModelFolder } from './folder.ts';
import { openFolder } from './folder.ts';
import { cachedSnapshot, isRepositoryFolder, parseRepository, snapshotIn } from './hubCache.ts';

/** The folder that a model's small files lie in, for any path that opens it: a file, a folder, a hub cache, `owner/name`. */
export async function besideModel(path: string): Promise<ModelFolder> {
  const found = await stat(path).catch(() => null);
  const repository = found === null ? parseRepository(path) : null;
  if (repository !== null) return openFolder(await cachedSnapshot(repository));
  const folder = await openFolder(found?.isFile() === true ? dirname(path) : path);
  return isRepositoryFolder(resolve(folder.path), folder.names) ? openFolder(await snapshotIn(folder.path)) : folder;
}
