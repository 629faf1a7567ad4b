/**
 * The folder of `headscope duo`: `training.jsonl` grows by a line a step, and the last whole line is all that the training goes
 * on from; what other tools read appears at the end.
 */
import { appendFile, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { removeUnfinished, writeAtomically } from '../files/writeAtomically.ts';
import type { DuoHeader, DuoStep } from '../results/duo.ts';
import { duoEvent } from '../results/duo.ts';
import { validate } from '../results/validate.ts';
import { Fault } from '../terms/fault.ts';
import { cannotWrite } from './output.ts';
import { readTextFile } from './textFile.ts';

const LOG = 'training.jsonl';

export class DuoFolder {
  readonly path: string;
  readonly #steps: DuoStep[];
  #header: DuoHeader | null;

  private constructor(path: string, header: DuoHeader | null, steps: readonly DuoStep[]) {
    this.path = path;
    this.#header = header;
    this.#steps = [...steps];
  }

  /** Makes the folder, or reads the training that is in it. Throws Fault where it holds something else: nothing is written over. */
  static async open(path: string): Promise<DuoFolder> {
    await mkdir(path, { recursive: true }).catch((error: unknown) => {
      throw cannotWrite(path, error);
    });
    await removeUnfinished(path);
    const names = await readdir(path);
    if (names.length === 0) return new DuoFolder(path, null, []);
    if (!names.includes(LOG)) {
      throw new Fault({
        what: 'the folder is not empty and no training of gates',
        where: path,
        expected: 'a new folder',
      });
    }
    const { header, steps } = await readLog(join(path, LOG));
    return new DuoFolder(path, header, steps);
  }

  get header(): DuoHeader | null {
    return this.#header;
  }

  /** Those that are in the log. */
  get steps(): readonly DuoStep[] {
    return this.#steps;
  }

  /** The first line; a training that goes on must be of the same model with the same settings, or it is a Fault. */
  async begin(header: DuoHeader): Promise<void> {
    if (this.#header === null) {
      this.#header = header;
      await this.#append({ kind: 'start', header });
      return;
    }
    requireSame(this.path, 'of another model', this.#header.model.fingerprint, header.model.fingerprint);
    requireSame(
      this.path,
      'with other settings',
      JSON.stringify(this.#header.settings),
      JSON.stringify(header.settings),
    );
  }

  async add(step: DuoStep): Promise<void> {
    await this.#append(step);
    this.#steps.push(step);
  }

  /** Each file whole; those of an earlier end are replaced. */
  async write(files: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, text] of Object.entries(files)) {
      await writeAtomically(join(this.path, name), [Buffer.from(text)], { overwrite: true });
    }
  }

  async #append(event: unknown): Promise<void> {
    const file = join(this.path, LOG);
    await appendFile(file, `${JSON.stringify(event)}\n`).catch((error: unknown) => {
      throw cannotWrite(file, error);
    });
  }
}

/** What the log holds; a last line that a kill tore is cut off. */
async function readLog(file: string): Promise<{ readonly header: DuoHeader | null; readonly steps: DuoStep[] }> {
  const { text } = await readTextFile(file);
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  if (whole !== text) await writeAtomically(file, [Buffer.from(whole)], { overwrite: true });
  const lines = whole.split('\n').slice(0, -1);
  const events = lines.map((line, i) => eventOf(line, `${file}, line ${i + 1}`));
  const start = events.find((event) => event.kind === 'start');
  return { header: start?.header ?? null, steps: events.filter((event) => event.kind === 'step') };
}

function eventOf(line: string, where: string) {
  try {
    return validate(duoEvent, JSON.parse(line), where);
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw new Fault({ what: 'not a line of a training of gates', where, expected: 'JSON', got: line.slice(0, 80) });
  }
}

function requireSame(where: string, what: string, before: string, now: string): void {
  if (before === now) return;
  throw new Fault({ what: `the folder holds a training ${what}`, where, expected: before, got: now });
}
