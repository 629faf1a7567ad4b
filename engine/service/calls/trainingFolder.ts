/**
 * A training of dictionaries on disk: a folder for each dictionary, and beside them
 *
 *     training/states.safetensors   what it goes on from, written last
 *     training/training.json        which rows it is of, and the seconds that it took
 *     training/rows-N.safetensors   rows that don't fit in memory, while it runs
 */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import * as z from 'zod';
import { readJson } from '../../files/readJson.ts';
import { removeUnfinished, writeAtomically } from '../../files/writeAtomically.ts';
import type { DictionaryCard, DictionaryMeasures } from '../../results/dictionaries.ts';
import type { Plain } from '../../results/records.ts';
import { validate } from '../../results/validate.ts';
import { Fault } from '../../terms/fault.ts';
import type { Dictionary } from '../../../sae/dictionary.ts';
import {
  readCard,
  readMeasures,
  removeMeasures,
  writeDictionary,
  writeMeasures,
} from '../../../sae/formats/dictionaryFolder.ts';
import { forkedStates, readStates, writeStates } from '../../../sae/training/checkpoint.ts';
import type { Job } from '../../../sae/training/job.ts';
import type { States } from '../../../sae/training/trainSideBySide.ts';

const FOLDER = 'training';
const STATES = 'states.safetensors';
const RECORD = 'training.json';

const trainingRecord = z.strictObject({
  version: z.literal(1),
  /** When it began. */
  created: z.string(),
  /** Which rows, in which order, of which model: one line. */
  rows: z.string(),
  seconds: z.number().min(0),
  modelSeconds: z.number().min(0),
});
export type TrainingRecord = Plain<z.infer<typeof trainingRecord>>;

/** What is written of a dictionary at one moment. */
export interface DictionaryMoment {
  readonly name: string;
  readonly dictionary: Dictionary;
  /** Null where it was not measured at this moment. */
  readonly measures: DictionaryMeasures | null;
}

export class TrainingFolder {
  readonly path: string;
  /** What is in the folders is these. */
  readonly #written = new Map<string, DictionaryMoment>();

  constructor(path: string) {
    this.path = path;
  }

  /** Makes the folder where it is not, and removes what a killed process left half written. */
  async begin(): Promise<void> {
    await mkdir(this.own, { recursive: true }).catch((error: unknown) => {
      throw new Fault({ what: 'the folder cannot be made', where: this.path, got: String(error) });
    });
    await removeUnfinished(this.own);
  }

  /** Where the training's own files are. */
  get own(): string {
    return join(this.path, FOLDER);
  }

  /** Null where no training was here. Throws Fault for one of other dictionaries or rows, and for files that are cut short. */
  async resume(
    jobs: readonly Job[],
    rows: string,
  ): Promise<{ readonly states: States; readonly record: TrainingRecord } | null> {
    const path = join(this.own, STATES);
    if (!existsSync(path)) return null;
    const where = join(this.own, RECORD);
    const record = validate(trainingRecord, await readJson(where), where);
    if (record.rows !== rows)
      throw new Fault({
        what: 'the training in this folder is of other rows',
        where: this.path,
        expected: record.rows,
        got: rows,
      });
    return { states: await readStates(path, jobs), record };
  }

  /** States come last: where they are, all that goes with them is. */
  async save(
    moments: readonly DictionaryMoment[],
    jobs: readonly Job[],
    states: States,
    record: TrainingRecord,
  ): Promise<void> {
    for (const moment of moments) await this.#saveOne(moment, record);
    const text = `${JSON.stringify(record, null, 2)}\n`;
    await writeAtomically(join(this.own, RECORD), [Buffer.from(text)], { overwrite: true });
    await writeStates(join(this.own, STATES), jobs, states);
  }

  /** Have all of them numbers? */
  async isMeasured(names: readonly string[]): Promise<boolean> {
    for (const name of names) if ((await readMeasures(join(this.path, name))) === null) return false;
    return true;
  }

  async cards(names: readonly string[]): Promise<readonly DictionaryCard[]> {
    const cards: DictionaryCard[] = [];
    for (const name of names) cards.push(await readCard(join(this.path, name)));
    return cards;
  }

  async #saveOne(moment: DictionaryMoment, { created }: TrainingRecord): Promise<void> {
    const { name, dictionary, measures } = moment;
    const before = this.#written.get(name);
    const folder = join(this.path, name);
    if (before?.dictionary !== dictionary) {
      await removeMeasures(folder);
      await writeDictionary(folder, { dictionary, training: basename(this.path), created });
    }
    if (measures !== null && before?.measures !== measures) await writeMeasures(folder, measures);
    this.#written.set(name, moment);
  }
}

/** States of a training in another folder, for the same dictionaries with other settings. Throws Fault where sizes differ. */
export async function statesOf(folder: string, jobs: readonly Job[]): Promise<States> {
  const path = join(folder, FOLDER, STATES);
  if (!existsSync(path))
    throw new Fault({ what: 'no training to go on from', where: folder, expected: join(FOLDER, STATES) });
  return forkedStates(path, jobs);
}

/** Is it a name that the training's own files have? */
export function isOwnName(name: string): boolean {
  return name.toLowerCase() === FOLDER;
}
