/** Keeps the dictionaries that were used last open: a prompt that is typed encodes at every stroke. */
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { StoredDictionary } from '../../sae/formats/dictionaryFolder.ts';
import { readDictionary, readLabels } from '../../sae/formats/dictionaryFolder.ts';
import { DictionaryProgram } from '../../sae/inference/dictionaryProgram.ts';
import type { ModelSource } from './openModels.ts';

export interface OpenDictionary extends StoredDictionary {
  readonly folder: string;
  readonly program: DictionaryProgram;
}

interface Held {
  /** Of the file that it was read from: another file is another dictionary. */
  readonly version: string;
  readonly opened: Promise<{ readonly stored: StoredDictionary; readonly program: DictionaryProgram }>;
  users: number;
  isOut: boolean;
}

const MOST = 4;

/** Those of calls on one source of models. */
const bySource = new WeakMap<ModelSource, OpenDictionaries>();

export function openDictionariesOf(models: ModelSource): OpenDictionaries {
  const known = bySource.get(models) ?? new OpenDictionaries();
  bySource.set(models, known);
  return known;
}

export class OpenDictionaries {
  /** The one used last is last. */
  readonly #held = new Map<string, Held>();

  /** Labels are those that are on disk now. Throws Fault as `readDictionary` does. */
  async use<T>(folder: string, work: (dictionary: OpenDictionary) => Promise<T>): Promise<T> {
    const path = resolve(folder);
    const held = await this.#take(path);
    try {
      const { stored, program } = await held.opened;
      const dictionary = { ...stored.dictionary, labels: await readLabels(path) };
      return await work({ ...stored, dictionary, folder: path, program });
    } finally {
      held.users--;
      await this.#letGo(held);
    }
  }

  async #take(path: string): Promise<Held> {
    const version = await versionOf(path);
    const known = this.#held.get(path);
    this.#held.delete(path);
    const isSame = known?.version === version;
    const held = isSame ? known : { version, opened: open(path), users: 0, isOut: false };
    // At once: while others are put out below, somebody else may want room.
    held.users++;
    this.#held.set(path, held);
    // One that could not be read is read anew next time.
    held.opened.catch(() => this.#held.get(path) === held && this.#held.delete(path));
    if (known !== undefined && !isSame) await this.#putOut(known);
    for (const [oldest, one] of [...this.#held].slice(0, -MOST)) {
      this.#held.delete(oldest);
      await this.#putOut(one);
    }
    return held;
  }

  async #putOut(held: Held): Promise<void> {
    held.isOut = true;
    await this.#letGo(held);
  }

  async #letGo(held: Held): Promise<void> {
    if (!held.isOut || held.users > 0) return;
    const opened = await held.opened.catch(() => null);
    await opened?.program.release();
  }
}

async function open(path: string) {
  const stored = await readDictionary(path);
  return { stored, program: await DictionaryProgram.create(stored.dictionary) };
}

async function versionOf(path: string): Promise<string> {
  const found = await stat(join(path, 'dictionary.safetensors')).catch(() => null);
  return found === null ? '' : `${found.mtimeMs} ${found.size}`;
}
