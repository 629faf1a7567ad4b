/** What a training run leaves on disk while it goes on: `training/` in the folder of the model to be. */
import { appendFile, mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isUnfinished, removeUnfinished, writeAtomically } from '../files/writeAtomically.ts';
import { Fault } from '../terms/fault.ts';
import type { Origin } from './checkpoint.ts';
import { readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import type { TrainedWeight } from './modelGraph.ts';
import type { TrainingState } from './state.ts';

/** One line of the log. */
export interface StepRow {
  /** 1 is the first. */
  readonly step: number;
  readonly loss: number;
  readonly gradientNorm: number;
  readonly learningRate: number;
}

const CHECKPOINT = 'checkpoint.safetensors';
const LOG = 'log.jsonl';
const MODEL = 'model.safetensors';

export class RunFolder {
  readonly #folder: string;
  readonly #origin: Origin;

  private constructor(folder: string, origin: Origin) {
    this.#folder = folder;
    this.#origin = origin;
  }

  /**
   * Makes the folder, and takes away what a kill left half written. Throws Fault where it holds something else than a run:
   * nothing is written over.
   */
  static async open(folder: string, origin: Origin): Promise<RunFolder> {
    const training = join(folder, 'training');
    await checkOurs(folder, training);
    await mkdir(training, { recursive: true }).catch((error: unknown) => {
      const got = error instanceof Error ? error.message : String(error);
      throw new Fault({ what: 'cannot be written', where: folder, got });
    });
    await removeUnfinished(folder);
    await removeUnfinished(training);
    return new RunFolder(training, origin);
  }

  get #checkpoint(): string {
    return join(this.#folder, CHECKPOINT);
  }

  get #log(): string {
    return join(this.#folder, LOG);
  }

  /** The last checkpoint, and a log that ends there; null where there is none. Throws Fault for one of another configuration or text. */
  async resume(weights: readonly TrainedWeight[]): Promise<TrainingState | null> {
    if (!(await isFile(this.#checkpoint))) return null;
    const state = await readCheckpoint(this.#checkpoint, weights, this.#origin);
    const rows = (await this.rows()).filter(({ step }) => step <= state.step);
    const text = rows.map((row) => `${JSON.stringify(row)}\n`).join('');
    await writeAtomically(this.#log, [Buffer.from(text)], { overwrite: true });
    return state;
  }

  /** An empty log, before the first step. */
  async begin(): Promise<void> {
    await writeAtomically(this.#log, [], { overwrite: true });
  }

  async save(state: TrainingState): Promise<void> {
    await writeCheckpoint(this.#checkpoint, state, this.#origin);
  }

  async log(row: StepRow): Promise<void> {
    await appendFile(this.#log, `${JSON.stringify(row)}\n`);
  }

  /** Every whole line: a kill may have cut the last one. */
  async rows(): Promise<StepRow[]> {
    const text = await readFile(this.#log, 'utf8').catch(() => '');
    const lines = text.split('\n').slice(0, -1);
    return lines.map((line, i) => parsedRow(line, `${this.#log}, line ${i + 1}`));
  }
}

/** Empty, or with a run in it; a finished model whose checkpoint is gone would be trained anew and written over. */
async function checkOurs(folder: string, training: string): Promise<void> {
  const [files, inner] = await Promise.all([namesIn(folder), namesIn(training)]);
  if (files.length === 0) return;
  const strange = inner.find((name) => name !== CHECKPOINT && name !== LOG && !isUnfinished(name));
  if (!files.includes('training') || strange !== undefined) {
    throw new Fault({ what: 'the folder is not empty and no training run', where: folder, expected: 'a new folder' });
  }
  if (files.includes(MODEL) && !inner.includes(CHECKPOINT)) {
    const got = `${MODEL} without training/${CHECKPOINT}`;
    throw new Fault({ what: 'the folder holds a model already', where: folder, expected: 'a new folder', got });
  }
}

/** None where there is no such folder. */
function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

function parsedRow(line: string, where: string): StepRow {
  try {
    return JSON.parse(line) as StepRow;
  } catch {
    throw new Fault({ what: 'not a line of a training log', where, expected: 'JSON', got: line.slice(0, 80) });
  }
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isFile() === true;
}
