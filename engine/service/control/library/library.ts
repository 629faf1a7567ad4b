/** Which models there are on this machine, by where they were found. */
import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { hubCacheFolder } from '../../../files/hubCache.ts';
import type { ListedModel, ModelSourceInfo } from '../../../results/library.ts';
import { codeOf, systemReason } from '../../output.ts';
import type { Settings } from '../settings.ts';
import { listHubModels } from './hubModels.ts';
import type { Listing } from './listedModels.ts';
import { listModels } from './listedModels.ts';

/** Folders that are looked into unasked. */
export interface ModelPlaces {
  /** Models that come with the program; null where there are none. */
  readonly bundled: string | null;
  readonly hub: string;
  readonly lmStudio: readonly string[];
}

/** `environment` is the process's. */
export function modelPlaces(
  bundled: string | null,
  environment: Readonly<Record<string, string | undefined>> = process.env,
  home = homedir(),
): ModelPlaces {
  const lmStudio = [join(home, '.lmstudio', 'models'), join(home, '.cache', 'lm-studio', 'models')];
  return { bundled, hub: hubCacheFolder(environment), lmStudio };
}

export async function listLibrary(places: ModelPlaces, settings: Settings): Promise<readonly ModelSourceInfo[]> {
  const { bundled, hub, lmStudio } = places;
  const folders = await settings.folders();
  return Promise.all([
    ...(bundled === null ? [] : [source('bundled', 'Bundled', bundled, listModels)]),
    recentModels(settings),
    ...folders.map((folder) => source('folder', basename(folder) || folder, folder, listModels, true)),
    source('hub', 'Hugging Face', hub, listHubModels),
    ...lmStudio.map((folder) => source('lmStudio', 'LM Studio', folder, listModels)),
  ]);
}

type Lister = (folder: string) => Promise<Listing>;

/** A folder of another program need not be there; one that the user named must. */
async function source(
  id: ModelSourceInfo['id'],
  title: string,
  path: string,
  list: Lister,
  isNamed = false,
): Promise<ModelSourceInfo> {
  const listing = await list(path).catch((error: unknown): Listing => {
    const isMissing = codeOf(error) === 'ENOENT' && !isNamed;
    return { models: [], problem: isMissing ? null : systemReason(error) };
  });
  return { id, title, path, ...listing };
}

async function recentModels(settings: Settings): Promise<ModelSourceInfo> {
  const paths = await settings.recent();
  const models = await Promise.all(paths.map(modelAt));
  return { id: 'recent', title: 'Recent', path: null, models: models.flat(), problem: null };
}

/** As it is listed where it lies; none where it is gone. */
async function modelAt(path: string): Promise<readonly ListedModel[]> {
  const found = await stat(path).catch(() => null);
  if (found === null) return [];
  const folder = found.isDirectory() ? path : dirname(path);
  const { models } = await listModels(folder, { depth: 0, models: 1000, names: 10_000 }).catch(() => ({ models: [] }));
  const inFolder = models.filter((model) => model.path === path);
  const only = found.isDirectory() && inFolder.length === 0 && models.length === 1 ? models : inFolder;
  return only.map((model) => ({ ...model, path }));
}
