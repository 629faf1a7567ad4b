/** Named selections of heads: head-sets/NAME.json in the project. */
import { mkdir, readdir, unlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parseJson } from '../../files/readJson.ts';
import { writeAtomically } from '../../files/writeAtomically.ts';
import type { HeadSet } from '../../results/workbench.ts';
import { headSet } from '../../results/workbench.ts';
import { validate } from '../../results/validate.ts';
import { Fault } from '../../terms/fault.ts';
import { cannotWrite, codeOf } from '../output.ts';
import { readBounded } from '../runs/safeFile.ts';

const LARGEST = 4 * 2 ** 20;
const MOST = 1000;
const SUFFIX = '.json';

export class HeadSets {
  readonly #folder: string;
  readonly #onProblem: (text: string) => void;

  /** `onProblem` is told of files that can't be read; they are left out. */
  constructor(project: string, onProblem: (text: string) => void) {
    this.#folder = join(project, 'head-sets');
    this.#onProblem = onProblem;
  }

  /** By name. */
  async list(): Promise<readonly HeadSet[]> {
    const names = (await readdir(this.#folder).catch(() => [])).filter((name) => name.endsWith(SUFFIX)).slice(0, MOST);
    const sets = await Promise.all(names.filter((name) => !name.startsWith('.')).map((name) => this.#read(name)));
    return sets.filter((set) => set !== null).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** A set of the same name is replaced. Throws Fault for a name that can't be a file's. */
  async save(set: HeadSet): Promise<void> {
    const file = this.#file(set.name);
    await mkdir(this.#folder, { recursive: true }).catch((error: unknown) => {
      throw cannotWrite(this.#folder, error);
    });
    await writeAtomically(file, [Buffer.from(`${JSON.stringify(set, null, 2)}\n`)], { overwrite: true });
  }

  /** Throws Fault where there is none of this name. */
  async delete(name: string): Promise<void> {
    await unlink(this.#file(name)).catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') throw new Fault({ what: 'no head set of this name', got: name });
      throw cannotWrite(this.#file(name), error);
    });
  }

  #file(name: string): string {
    return join(this.#folder, `${requireFileName(name)}${SUFFIX}`);
  }

  async #read(file: string): Promise<HeadSet | null> {
    const path = join(this.#folder, file);
    try {
      const set = validate(headSet, parseJson(await readBounded(path, LARGEST), path), path);
      if (set.name === basename(file, SUFFIX)) return set;
      throw new Fault({ what: 'a head set of another name', where: path, expected: basename(file, SUFFIX) });
    } catch (error) {
      this.#onProblem(error instanceof Error ? error.message : String(error));
      return null;
    }
  }
}

/** What every file system takes: a project may be copied to another one. */
function requireFileName(name: string): string {
  const isSafe = /^[^\p{Cc}\p{Cs}\\/:*?"<>|.][^\p{Cc}\p{Cs}\\/:*?"<>|]*$/u.test(name) && !/[. ]$|^ /.test(name);
  const isDevice = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(name);
  if (isSafe && !isDevice && Buffer.byteLength(name) <= 200) return name;
  const expected = 'letters, digits, spaces, - and _, not beginning with a point';
  throw new Fault({ what: 'a name that can not be that of a file', expected, got: JSON.stringify(name.slice(0, 60)) });
}
