/** Which files a client may name: over the network only those in folders that were listed, whoever has the token. */
import { realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { parseRepository } from '../../files/hubCache.ts';
import type { CallName, RequestOf, Service } from '../../results/index.ts';
import { contract } from '../../results/index.ts';
import type { JobRequest } from '../../results/runs.ts';
import { Fault } from '../../terms/fault.ts';
import { after, wrapCalls } from '../wrapCalls.ts';

export interface Access {
  /** Folders, or single files, from which models may be read. */
  readable(): Promise<readonly string[]>;
  /** Folders in which a model may be made. */
  writable(): Promise<readonly string[]>;
  /** May a client have further folders listed? */
  readonly mayAddFolders: boolean;
}

/** The service, whose calls throw Fault for a path that lies elsewhere. Links are followed before it is asked where. */
export function restrict(service: Service, access: Access): Service {
  return wrapCalls(service, (call, method) => (request, options) => {
    const allowed = () => requireAllowed({ call, request } as AnyRequest, access);
    return after(allowed, contract[call].streams, () => method(request, options));
  });
}

/** A request with the call that it is of. */
type AnyRequest = { [C in CallName]: { readonly call: C; readonly request: RequestOf<C> } }[CallName];

async function requireAllowed(asked: AnyRequest, access: Access): Promise<void> {
  if (asked.call === 'start') return requirePaths(asked.request.job, access);
  if (asked.call === 'folders' && asked.request.add !== undefined && !access.mayAddFolders) {
    const expected = 'a folder that is added on the machine itself';
    throw new Fault({ what: 'folders can not be added from elsewhere', where: asked.request.add, expected });
  }
  return requirePaths(asked, access);
}

async function requirePaths(asked: AnyRequest | JobRequest, access: Access): Promise<void> {
  const { reads, writes } = pathsOf(asked);
  for (const path of reads) if (!(await isRepository(path))) await requireIn(path, await access.readable());
  for (const path of writes) await requireIn(path, await access.writable());
}

interface Paths {
  readonly reads: readonly string[];
  readonly writes: readonly string[];
}

function pathsOf(asked: AnyRequest | JobRequest): Paths {
  if (asked.call === 'train') {
    const { config, base, out } = asked.request;
    const data = config.data.kind === 'tokens' ? config.data.files : [];
    const files = config.tokenizer === undefined ? data : [config.tokenizer, ...data];
    return { reads: files.map((file) => resolve(base, file)), writes: [out] };
  }
  return { reads: [...modelsOf(asked), ...dictionariesRead(asked)], writes: dictionariesWritten(asked) };
}

function modelsOf({ request }: AnyRequest | JobRequest): readonly string[] {
  return 'model' in request ? [request.model] : [];
}

function dictionariesRead(asked: AnyRequest | JobRequest): readonly string[] {
  switch (asked.call) {
    case 'dictionaries':
      return asked.request.folders ?? [];
    case 'dictionaryTable':
    case 'encodePrompt':
    case 'editFeature':
    case 'exportDictionary':
      return [asked.request.dictionary];
    case 'feature':
      return [asked.request.dictionary, ...(asked.request.beside === undefined ? [] : [asked.request.beside])];
    case 'attributeFeature':
      return [asked.request.dictionary, ...(asked.request.through ?? [])];
    case 'matchDictionaries':
      return [asked.request.a, asked.request.b];
    case 'measureDictionaries':
      return asked.request.dictionaries;
    case 'importDictionary':
      return [asked.request.path];
    case 'trainDictionaries':
      return asked.request.from === undefined ? [] : [asked.request.from];
    default:
      return [];
  }
}

/** Labels and contexts are written into the folder of the dictionary. */
function dictionariesWritten(asked: AnyRequest | JobRequest): readonly string[] {
  switch (asked.call) {
    case 'labelFeature':
    case 'collectFeatures':
      return [asked.request.dictionary];
    case 'trainDictionaries':
    case 'importDictionary':
    case 'exportDictionary':
      return [asked.request.out];
    default:
      return [];
  }
}

/** What is no path is the name of a repository in the hub's cache. */
async function isRepository(path: string): Promise<boolean> {
  if (isAbsolute(path) || parseRepository(path) === null) return false;
  const [, exists] = await realPath(resolve(path));
  return !exists;
}

async function requireIn(path: string, folders: readonly string[]): Promise<void> {
  const [real] = await realPath(resolve(path));
  const realFolders = await Promise.all(folders.map((folder) => realPath(folder)));
  if (realFolders.some(([folder]) => isWithin(real, folder))) return;
  const expected = 'a path in the project, a listed folder, or the folders of Hugging Face and LM Studio';
  throw new Fault({ what: 'outside the folders that were listed', where: path, expected });
}

/** Where the path leads, as far as there is something; and whether there is. */
async function realPath(path: string): Promise<readonly [path: string, exists: boolean]> {
  const real = await realpath(path).catch(() => null);
  if (real !== null) return [real, true];
  const above = dirname(path);
  if (above === path) return [path, false];
  const [folder] = await realPath(above);
  return [join(folder, basename(path)), false];
}

function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
