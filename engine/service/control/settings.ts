/** settings.json of the user: folders whose models are listed, and models that were opened. */
import { mkdir, readFile, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import * as z from 'zod';
import { writeAtomically } from '../../files/writeAtomically.ts';
import { Fault } from '../../terms/fault.ts';
import { cannotWrite, codeOf, systemReason } from '../output.ts';

const settings = z.looseObject({
  version: z.literal(1),
  folders: z.array(z.string()).readonly(),
  /** Paths, the last one opened first. */
  recent: z.array(z.string()).readonly(),
});
type SettingsFile = z.infer<typeof settings>;

const MOST_RECENT = 20;
const MOST_FOLDERS = 100;
const LARGEST = 2 ** 20;

export class Settings {
  readonly #folder: string;
  #changing: Promise<unknown> = Promise.resolve();

  constructor(folder: string) {
    this.#folder = folder;
  }

  async folders(): Promise<readonly string[]> {
    return (await this.#settled()).folders;
  }

  async recent(): Promise<readonly string[]> {
    return (await this.#settled()).recent;
  }

  /** Throws Fault for what is no absolute path of a folder. */
  async addFolder(path: string): Promise<readonly string[]> {
    const folder = await requireFolder(path);
    const changed = await this.#change(({ folders, ...rest }) => {
      if (folders.includes(folder)) return { ...rest, folders };
      if (folders.length < MOST_FOLDERS) return { ...rest, folders: [...folders, folder] };
      throw new Fault({ what: 'too many folders are listed', expected: `at most ${MOST_FOLDERS}` });
    });
    return changed.folders;
  }

  async removeFolder(path: string): Promise<readonly string[]> {
    const without = (folders: readonly string[]) => folders.filter((folder) => folder !== path);
    const changed = await this.#change((file) => ({ ...file, folders: without(file.folders) }));
    return changed.folders;
  }

  async opened(path: string): Promise<void> {
    await this.#change((file) => {
      const others = file.recent.filter((other) => other !== path);
      return { ...file, recent: [path, ...others].slice(0, MOST_RECENT) };
    });
  }

  /** With every change that was asked for before. */
  async #settled(): Promise<SettingsFile> {
    await this.#changing;
    return this.#read();
  }

  get #file(): string {
    return join(this.#folder, 'settings.json');
  }

  /** Read anew each time: another process may have changed it. */
  async #read(): Promise<SettingsFile> {
    const found = await stat(this.#file).catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return null;
      throw unreadable(this.#file, systemReason(error));
    });
    if (found === null) return { version: 1, folders: [], recent: [] };
    if (found.size > LARGEST) throw unreadable(this.#file, `${found.size} bytes`);
    return this.#parse(await readFile(this.#file, 'utf8'));
  }

  #parse(text: string): SettingsFile {
    try {
      return settings.parse(JSON.parse(text));
    } catch {
      throw unreadable(this.#file, 'not as headscope writes it');
    }
  }

  #change(change: (file: SettingsFile) => SettingsFile): Promise<SettingsFile> {
    const changed = this.#changing.then(() => this.#write(change));
    this.#changing = changed.catch(() => undefined);
    return changed;
  }

  async #write(change: (file: SettingsFile) => SettingsFile): Promise<SettingsFile> {
    const file = change(await this.#read());
    await mkdir(this.#folder, { recursive: true }).catch((error: unknown) => {
      throw cannotWrite(this.#folder, error);
    });
    await writeAtomically(this.#file, [Buffer.from(`${JSON.stringify(file, null, 2)}\n`)], { overwrite: true });
    return file;
  }
}

async function requireFolder(path: string): Promise<string> {
  if (!isAbsolute(path)) throw new Fault({ what: 'not an absolute path', where: path, expected: 'one from the root' });
  const found = await stat(path).catch((error: unknown) => {
    throw new Fault({ what: 'no such folder', where: path, got: systemReason(error) });
  });
  if (!found.isDirectory()) throw new Fault({ what: 'not a folder', where: path, got: 'a file' });
  return realpath(path);
}

function unreadable(where: string, got: string): Fault {
  return new Fault({ what: 'the settings can not be read', where, expected: 'settings of version 1, or no file', got });
}
