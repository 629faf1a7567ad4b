/** Models of the Hugging Face cache: the snapshot that `main` names, or the only one. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { repositoryOfSnapshot, snapshotIn } from '../../../files/hubCache.ts';
import type { ListedModel } from '../../../results/library.ts';
import type { Listing } from './listedModels.ts';
import { listModels } from './listedModels.ts';

const MOST = 500;

/** Throws what the system says where the cache can't be read. */
export async function listHubModels(cache: string): Promise<Listing> {
  const repositories = (await readdir(cache)).filter((name) => name.startsWith('models--')).sort();
  const found = await Promise.all(repositories.slice(0, MOST).map((name) => modelsOf(join(cache, name))));
  const problem = repositories.length > MOST ? `more than ${MOST} repositories: not all are listed` : null;
  return { models: found.flat(), problem };
}

/** None where the repository holds no snapshot, or none that is a model: a dataset's card, a tokenizer alone. */
async function modelsOf(repository: string): Promise<readonly ListedModel[]> {
  const snapshot = await snapshotIn(repository).catch(() => null);
  if (snapshot === null) return [];
  const { models } = await listModels(snapshot, { depth: 1, models: 50, names: 5000 }).catch(() => ({ models: [] }));
  const owner = repositoryOfSnapshot(snapshot) ?? '';
  // A whole repository is known by its own name; a file in it says which it is.
  return models.map((model) => ({ ...model, name: model.path === snapshot ? owner : `${owner}: ${model.name}` }));
}
