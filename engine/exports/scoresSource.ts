/** The file, or the files of one folder, that scores are read from. Imports terms and results only. */
import type { NamedFile } from '../results/importedScores.ts';
import { Fault } from '../terms/fault.ts';
import { parseJson } from './parseJson.ts';

export class ScoresSource {
  readonly files: readonly NamedFile[];
  /** Of the file, or the folder. */
  readonly where: string;
  readonly #parsed = new Map<NamedFile, unknown>();

  constructor(files: readonly NamedFile[], where: string) {
    this.files = files;
    this.where = where;
  }

  /** The only file; null in a folder of several. */
  get only(): NamedFile | null {
    return this.files.length === 1 ? (this.files[0] ?? null) : null;
  }

  /** The file of this name, wherever in the folder it lies; null where there is none. */
  named(name: string): NamedFile | null {
    return this.files.find((file) => file.name === name || file.name.endsWith(`/${name}`)) ?? null;
  }

  /** Throws Fault where there is no such file, where it is not UTF-8, and in a folder where no name is given. */
  text(name?: string): string {
    const file = name === undefined ? this.only : this.named(name);
    if (file === null) throw new Fault({ what: 'no such file', where: this.where, expected: name ?? 'one file' });
    const text = decoded(file.data);
    if (text !== null) return text;
    throw new Fault({ what: 'not UTF-8 text', where: name ?? this.where });
  }

  /** Throws Fault where there is no such file, or it is not JSON. */
  json(name?: string): unknown {
    return parseJson(this.text(name), name === undefined ? this.where : `${this.where}: ${name}`);
  }

  /** The JSON of a file; undefined where it is not there or holds none. */
  peek(name?: string): unknown {
    const file = name === undefined ? this.only : this.named(name);
    if (file === null) return undefined;
    if (!this.#parsed.has(file)) this.#parsed.set(file, parsed(decoded(file.data)));
    return this.#parsed.get(file);
  }
}

function decoded(data: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(data);
  } catch {
    return null;
  }
}

function parsed(text: string | null): unknown {
  try {
    return text === null ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
