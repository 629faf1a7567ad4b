/** Models as they lie in folders: a folder with a config and safetensors, or GGUF files. Nothing is opened. */
import type { Dirent, Stats } from 'node:fs';
import { opendir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { ListedModel } from '../../../results/library.ts';
import { systemReason } from '../../output.ts';

export interface Listing {
  readonly models: readonly ListedModel[];
  /** Why not all were found, or null. */
  readonly problem: string | null;
}

export interface ListingLimits {
  /** Folders below the first one that are looked into. */
  readonly depth: number;
  readonly models: number;
  /** Names read in all. */
  readonly names: number;
}

const usualLimits: ListingLimits = { depth: 3, models: 500, names: 50_000 };

/** Throws what the system says where the folder can't be read. */
export async function listModels(folder: string, limits: ListingLimits = usualLimits): Promise<Listing> {
  const search = new Search(limits);
  await search.look(folder, 0);
  return { models: search.models, problem: search.problem };
}

class Search {
  readonly models: ListedModel[] = [];
  problem: string | null = null;
  readonly #limits: ListingLimits;
  #names = 0;

  constructor(limits: ListingLimits) {
    this.#limits = limits;
  }

  async look(folder: string, depth: number): Promise<void> {
    const entries = await this.#entries(folder);
    await this.#add(await modelsAmong(folder, entries));
    if (depth >= this.#limits.depth) return;
    // Links to folders are not followed: they may lead back.
    const inner = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'));
    for (const { name } of inner) {
      if (this.#isFull) return;
      await this.look(join(folder, name), depth + 1).catch((error: unknown) => {
        this.problem ??= `${join(folder, name)}: ${systemReason(error)}`;
      });
    }
  }

  get #isFull(): boolean {
    return this.models.length >= this.#limits.models || this.#names >= this.#limits.names;
  }

  async #entries(folder: string): Promise<readonly Dirent[]> {
    const entries: Dirent[] = [];
    for await (const entry of await opendir(folder)) {
      if (this.#names++ >= this.#limits.names) {
        this.problem ??= `more than ${this.#limits.names} files: not all were looked at`;
        break;
      }
      entries.push(entry);
    }
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async #add(found: readonly ListedModel[]): Promise<void> {
    const room = this.#limits.models - this.models.length;
    if (found.length > room) this.problem ??= `more than ${this.#limits.models} models: not all are listed`;
    this.models.push(...found.slice(0, room));
  }
}

async function modelsAmong(folder: string, entries: readonly Dirent[]): Promise<readonly ListedModel[]> {
  const names = entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
  const weights = names.filter((name) => name.endsWith('.safetensors'));
  const isModel = names.includes('config.json') && weights.length > 0;
  const ofFolder = isModel
    ? await modelOf(folder, basename(folder), 'safetensors', await statAll(folder, weights))
    : [];
  const ofFiles = await Promise.all(names.filter(isGguf).map((name) => ggufModel(folder, name)));
  return [...ofFolder, ...ofFiles.flat()];
}

/** Vision parts are no models, nor are the later parts of a split one. */
function isGguf(name: string): boolean {
  if (!/\.gguf$/i.test(name) || /^(mmproj|\.)/i.test(name)) return false;
  const part = /-(\d{5})-of-\d{5}\.gguf$/i.exec(name)?.[1];
  return part === undefined || part === '00001';
}

async function ggufModel(folder: string, name: string): Promise<readonly ListedModel[]> {
  return modelOf(join(folder, name), name.replace(/\.gguf$/i, ''), 'gguf', await statAll(folder, [name]));
}

async function modelOf(
  path: string,
  name: string,
  format: ListedModel['format'],
  files: readonly Stats[],
): Promise<readonly ListedModel[]> {
  if (files.length === 0) return [];
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const changed = new Date(Math.max(...files.map(({ mtimeMs }) => mtimeMs))).toISOString();
  return [{ path, name, format, bytes, changed }];
}

/** Those that are files, or links to files. */
async function statAll(folder: string, names: readonly string[]): Promise<readonly Stats[]> {
  const found = await Promise.all(names.map((name) => stat(join(folder, name)).catch(() => null)));
  return found.filter((one) => one?.isFile() === true) as readonly Stats[];
}
