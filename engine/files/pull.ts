/** Downloads a model from the hub into the standard Hugging Face cache: refs, blobs by checksum, snapshots of links. */

import { copyFile, mkdir, readlink, rm, stat, statfs, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join, relative } from 'node:path';

import { Fault } from '../terms/fault.ts';
import { commitOf, filesOf, isSafePath, type Hub, type HubFile } from './hubApi.ts';
import { hubCacheFolder, parseRepository } from './hubCache.ts';
import { download, type Patience } from './hubDownload.ts';
import { tokenizerFiles } from './tokenizerSource.ts';

export interface PullRequest {
  /** `owner/name`. */
  readonly repository: string;
  /** Branch, tag or commit. Default: main. */
  readonly revision?: string;
  /** Only these files. Default: configuration, tokenizer and safetensors, or the repository's one GGUF file. */
  readonly files?: readonly string[];
  /** Default: HF_HUB_CACHE, HF_HOME and so on, as elsewhere. */
  readonly cacheFolder?: string;
  /** Default: HF_ENDPOINT, else the public hub. */
  readonly hubUrl?: string;
  /** Default: HF_TOKEN. */
  readonly token?: string;
  readonly signal?: AbortSignal;
  /** Bytes on disk, of all bytes that are wanted; `file` is the one that is being fetched. */
  readonly onProgress?: (done: number, total: number, file: string) => void;
  /** A file is complete and checked. */
  readonly onFile?: (file: string, bytes: number) => void;
  readonly patience?: Patience;
}

export interface Pulled {
  /** The snapshot: the folder to open. */
  readonly folder: string;
  readonly files: readonly string[];
}

const usualPatience: Patience = { stall: 60_000, pause: 500, attempts: 5 };

/**
 * Fetches what is wanted and isn't there. Fault, nothing half-written under its own name, when it can't be had: a partial
 * download stays and goes on the next time. A stopped pull throws the signal's reason.
 */
export async function pull(request: PullRequest): Promise<Pulled> {
  const { repository, revision } = checkedName(request);
  const hub = hubOf(request);
  const commit = await commitOf(hub, repository, revision);
  const wanted = chosenFiles(await filesOf(hub, repository, commit), request.files, repository);
  const root = join(request.cacheFolder ?? hubCacheFolder(), `models--${repository.replace('/', '--')}`);
  const snapshot = join(root, 'snapshots', commit);
  await makeFolders(root);
  await fetchAll(request, hub, { repository, commit, root, wanted });
  for (const file of wanted) await link(join(root, 'blobs', file.hash), join(snapshot, file.path));
  // The last step, so that a ref never names a snapshot that lacks files.
  if (revision !== commit) await writeRef(join(root, 'refs', ...revision.split('/')), commit);
  return { folder: snapshot, files: wanted.map(({ path }) => path) };
}

function checkedName(request: PullRequest): { readonly repository: string; readonly revision: string } {
  const revision = request.revision ?? 'main';
  const parsed = parseRepository(`${request.repository}@${revision}`);
  if (parsed === null || !isSafePath(revision))
    throw new Fault({
      what: 'not the name of a repository',
      where: 'repository',
      expected: 'owner/name, and a branch, tag or commit',
      got: request.revision === undefined ? request.repository : `${request.repository}@${revision}`,
    });
  return { repository: `${parsed.owner}/${parsed.name}`, revision: parsed.revision };
}

function hubOf(request: PullRequest): Hub {
  const url = request.hubUrl ?? process.env['HF_ENDPOINT'] ?? 'https://huggingface.co';
  if (!/^https?:\/\/[^\s]+$/.test(url))
    throw new Fault({ what: 'not the address of a hub', where: 'HF_ENDPOINT', expected: 'https://...', got: url });
  const token = request.token ?? process.env['HF_TOKEN'];
  return { url: url.replace(/\/+$/, ''), token: token === '' ? undefined : token, signal: request.signal };
}

// ---- Which files ----

const besideWeights: ReadonlySet<string> = new Set([
  'config.json',
  'generation_config.json',
  ...tokenizerFiles,
  'chat_template.json',
  'model.safetensors.index.json',
]);

/** Files that run code when they are opened, or that nothing here reads. */
const pickles = new Set(['.bin', '.pt', '.pth', '.ckpt', '.pkl', '.pickle', '.h5', '.msgpack']);

function chosenFiles(
  all: readonly HubFile[],
  asked: readonly string[] | undefined,
  repository: string,
): readonly HubFile[] {
  if (asked !== undefined && asked.length > 0) return asked.map((path) => askedFile(all, path, repository));
  const top = all.filter(({ path }) => !path.includes('/'));
  const safetensors = top.filter(({ path }) => extname(path) === '.safetensors');
  // Some repositories hold the same weights a second time under another name.
  const usual = safetensors.filter(({ path }) => path.startsWith('model'));
  const weights = usual.length > 0 ? usual : safetensors;
  if (weights.length > 0) return [...top.filter(({ path }) => besideWeights.has(path)), ...weights];
  return [onlyGguf(all, repository)];
}

function askedFile(all: readonly HubFile[], path: string, repository: string): HubFile {
  if (pickles.has(extname(path)))
    throw new Fault({
      what: 'files of this kind can run code and are not fetched',
      where: path,
      expected: 'safetensors or GGUF',
    });
  const found = all.find((file) => file.path === path);
  if (found !== undefined) return found;
  throw new Fault({ what: 'no such file', where: `${repository}/${path}`, expected: `one of ${shownNames(all)}` });
}

function onlyGguf(all: readonly HubFile[], repository: string): HubFile {
  const files = all.filter(({ path }) => extname(path) === '.gguf');
  const [only] = files;
  if (only !== undefined && files.length === 1) return only;
  if (files.length > 1)
    throw new Fault({
      what: 'several GGUF files: say which one',
      where: repository,
      expected: `--file and one of ${shownNames(files)}`,
    });
  const others = all.filter(({ path }) => pickles.has(extname(path)));
  throw new Fault({
    what: 'no weights that can be opened safely',
    where: repository,
    expected: 'safetensors or GGUF',
    got: others.length === 0 ? `${all.length} other files` : shownNames(others),
  });
}

function shownNames(files: readonly HubFile[]): string {
  const names = files.slice(0, 20).map(({ path }) => path);
  return files.length > names.length ? `${names.join(', ')} and ${files.length - names.length} more` : names.join(', ');
}

// ---- Into the cache ----

async function makeFolders(root: string): Promise<void> {
  for (const folder of ['blobs', 'snapshots', 'refs']) {
    await mkdir(join(root, folder), { recursive: true }).catch((error: unknown) => {
      throw notWritten(join(root, folder), error);
    });
  }
}

function notWritten(where: string, error: unknown): Fault {
  return new Fault({ what: `can't be written (${error instanceof Error ? error.message : String(error)})`, where });
}

interface Plan {
  readonly repository: string;
  readonly commit: string;
  readonly root: string;
  readonly wanted: readonly HubFile[];
}

async function fetchAll(request: PullRequest, hub: Hub, plan: Plan): Promise<void> {
  const total = plan.wanted.reduce((sum, { size }) => sum + size, 0);
  await checkRoom(plan, total);
  let before = 0;
  for (const file of plan.wanted) {
    const start = before;
    const onBytes = (done: number): void => request.onProgress?.(start + done, total, file.path);
    await fetchOne(hub, plan, file, onBytes, request.patience ?? usualPatience);
    before += file.size;
    onBytes(file.size);
    request.onFile?.(file.path, file.size);
  }
}

async function fetchOne(
  hub: Hub,
  { repository, commit, root }: Plan,
  file: HubFile,
  onBytes: (done: number) => void,
  patience: Patience,
): Promise<void> {
  hub.signal?.throwIfAborted();
  const blob = join(root, 'blobs', file.hash);
  if ((await sizeOf(blob)) === file.size) return;
  const path = file.path.split('/').map(encodeURIComponent).join('/');
  const url = `${hub.url}/${repository}/resolve/${commit}/${path}`;
  await download({ hub, url, file, blob, where: `${repository}/${file.path}`, onBytes, patience });
}

async function sizeOf(path: string): Promise<number | null> {
  return (await stat(path).catch(() => null))?.size ?? null;
}

/** Refuses a download that the disk has no room for, before it begins. */
async function checkRoom({ root, wanted, repository }: Plan, total: number): Promise<void> {
  const blobs = join(root, 'blobs');
  const sizes = wanted.map(
    async ({ hash }) => (await sizeOf(join(blobs, hash))) ?? (await sizeOf(join(blobs, `${hash}.incomplete`))) ?? 0,
  );
  const missing = total - (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  const disk = await statfs(blobs);
  const free = disk.bavail * disk.bsize;
  if (missing > free)
    throw new Fault({
      what: 'not enough room on the disk',
      where: repository,
      expected: `${missing} bytes free at ${blobs}`,
      got: `${free}`,
    });
}

/** A snapshot's file is a relative link to its blob; where the system allows no links, a copy. */
async function link(blob: string, path: string): Promise<void> {
  const target = relative(dirname(path), blob);
  try {
    await mkdir(dirname(path), { recursive: true });
    if ((await readlink(path).catch(() => null)) === target) return;
    await rm(path, { force: true });
    await symlink(target, path).catch((error: unknown) => {
      if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) throw error;
      return copyFile(blob, path);
    });
  } catch (error) {
    throw notWritten(basename(path), error);
  }
}

async function writeRef(path: string, commit: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, commit);
  } catch (error) {
    throw notWritten(path, error);
  }
}
