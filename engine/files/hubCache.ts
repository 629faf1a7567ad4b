/** The Hugging Face hub's cache on disk: models--owner--name with refs, snapshots and blobs. */
import { readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { Fault } from '../terms/fault.ts';
import { cannotRead, readSmall } from './readJson.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** HF_HUB_CACHE, else HF_HOME/hub, else XDG_CACHE_HOME/huggingface/hub, else ~/.cache/huggingface/hub. */
export function hubCacheFolder(environment: Environment = process.env): string {
  const { HF_HUB_CACHE: hub, HUGGINGFACE_HUB_CACHE: older, HF_HOME: home, XDG_CACHE_HOME: cache } = environment;
  if (hub || older) return (hub || older) as string;
  return join(home || join(cache || join(homedir(), '.cache'), 'huggingface'), 'hub');
}

export interface RepositoryName {
  readonly owner: string;
  readonly name: string;
  readonly revision: string;
}

/** `owner/name` or `owner/name@revision`; null where the text is not one. */
export function parseRepository(text: string): RepositoryName | null {
  const [, owner, name, revision = 'main'] = /^([\w-][\w.-]*)\/([\w-][\w.-]*)(?:@([\w-][\w./-]*))?$/.exec(text) ?? [];
  if (owner === undefined || name === undefined || `${owner}/${name}/${revision}`.includes('..')) return null;
  return { owner, name, revision };
}

/** The snapshot folder of a repository in the cache. Throws Fault, saying how to fetch it, where it is not there. */
export async function cachedSnapshot(repository: RepositoryName, cache = hubCacheFolder()): Promise<string> {
  const { owner, name, revision } = repository;
  const folder = join(cache, `models--${owner}--${name}`);
  const found = await snapshotOf(folder, revision);
  if (found !== null) return found;
  const wanted = revision === 'main' ? `${owner}/${name}` : `${owner}/${name}@${revision}`;
  throw new Fault({
    what: `no such file or folder, and not in the hub cache (\`headscope pull ${wanted}\` fetches it)`,
    where: wanted,
    expected: `a model file, a folder, or ${folder}`,
  });
}

export function isRepositoryFolder(path: string, names: readonly string[]): boolean {
  return basename(path).startsWith('models--') && names.includes('snapshots');
}

/** refs/<revision> -> snapshots/<commit>; a revision may be the commit itself. Null where there is none. */
async function snapshotOf(repositoryFolder: string, revision: string): Promise<string | null> {
  const snapshots = await readdir(join(repositoryFolder, 'snapshots')).catch(() => null);
  if (snapshots === null) return null;
  const commit = (await readRef(join(repositoryFolder, 'refs', ...revision.split('/')))) ?? revision;
  if (snapshots.includes(commit)) return join(repositoryFolder, 'snapshots', commit);
  const [only, ...more] = snapshots;
  return only !== undefined && more.length === 0 && revision === 'main'
    ? join(repositoryFolder, 'snapshots', only)
    : null;
}

async function readRef(file: string): Promise<string | null> {
  const bytes = await readSmall(file, 256).catch(() => null);
  return bytes === null ? null : bytes.toString('utf8').trim();
}

/** `owner/name` of a snapshot folder, or null where the path is not one. */
export function repositoryOfSnapshot(path: string): string | null {
  const [snapshots, repository] = [basename(dirname(path)), basename(dirname(dirname(path)))];
  if (snapshots !== 'snapshots' || !repository.startsWith('models--')) return null;
  return repository.slice('models--'.length).replace('--', '/');
}

/** Throws Fault for a repository folder without a usable snapshot. */
export async function snapshotIn(repositoryFolder: string): Promise<string> {
  const found = await snapshotOf(repositoryFolder, 'main');
  if (found !== null) return found;
  const names = await readdir(join(repositoryFolder, 'snapshots')).catch((error: unknown) => {
    throw cannotRead(repositoryFolder, error);
  });
  throw new Fault({
    what: 'which snapshot is meant is not clear (refs/main does not name one)',
    where: repositoryFolder,
    expected: 'a snapshot folder',
    got: names.length === 0 ? 'none' : names.slice(0, 5).join(', '),
  });
}
