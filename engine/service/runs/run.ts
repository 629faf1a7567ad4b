/** A run that this process owns: its record, which is replaced whole at each change, and its growing log. */
import { mkdir, readdir, rename, unlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { removeUnfinished, writeAtomically } from '../../files/writeAtomically.ts';
import type { RunRecord, RunSummary } from '../../results/runs.ts';
import { readRecord, recordFile, rowsFile, tensorsFolder } from './readRun.ts';
import { linesOf, RowLog } from './rowLog.ts';
import { RunLock } from './runLock.ts';
import { spill } from './spill.ts';

/** What a record says besides the summary and may learn later. */
type Learned = Partial<Pick<RunRecord, 'fingerprint' | 'tokenizer' | 'plan' | 'result' | 'machine'>>;

/** Arrays of the request. */
const REQUEST = 'request.safetensors';

/** What those who follow a run are told: something was added or said, or rows from `rows` on were dropped. */
export type RunChange =
  { readonly kind: 'rows' } | { readonly kind: 'summary' } | { readonly kind: 'dropped'; readonly rows: number };

export class Run {
  readonly folder: string;
  readonly #lock: RunLock;
  readonly #log: RowLog;
  readonly #listeners = new Set<(change: RunChange) => void>();
  #record: RunRecord;
  /** The job as it is written, its arrays named by their file. */
  readonly #writtenJob: unknown;
  #saving: Promise<void> = Promise.resolve();
  #isReleased = false;

  private constructor(folder: string, record: RunRecord, parts: { lock: RunLock; log: RowLog; writtenJob: unknown }) {
    this.folder = folder;
    this.#record = record;
    this.#lock = parts.lock;
    this.#log = parts.log;
    this.#writtenJob = parts.writtenJob;
  }

  /** A new folder, there with its record or not at all. Throws Fault where the name is taken. */
  static async create(folder: string, record: RunRecord): Promise<Run> {
    const draft = join(dirname(folder), `.${basename(folder)}.${process.pid}.part`);
    await mkdir(draft);
    const job = await spill(record.job, tensorsFolder(draft), REQUEST);
    await writeFile(rowsFile(draft), '');
    await writeRecord(draft, { ...record, job });
    // Onto an empty folder this would succeed, but no run is one.
    await rename(draft, folder);
    return Run.take(folder);
  }

  /** Takes over a run that nobody is at work on. `onRow` is called with each row as it is stored. Throws Fault where someone is. */
  static async take(folder: string, onRow: (row: unknown) => void = () => undefined): Promise<Run> {
    const lock = await RunLock.take(folder);
    try {
      await removeUnfinished(folder);
      const record = await readRecord(folder);
      const writtenJob = await spill(record.job, tensorsFolder(folder), REQUEST);
      const log = await RowLog.open(rowsFile(folder), onRow);
      const summary = { ...record.summary, rows: log.rows };
      return new Run(folder, { ...record, summary }, { lock, log, writtenJob });
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  get id(): string {
    return this.#record.summary.id;
  }

  get record(): RunRecord {
    return this.#record;
  }

  get summary(): RunSummary {
    return this.#record.summary;
  }

  /** Length of the log's whole lines, in bytes. */
  get bytes(): number {
    return this.#log.bytes;
  }

  get isReleased(): boolean {
    return this.#isReleased;
  }

  /** In memory; `save` writes it. */
  change(summary: Partial<RunSummary>, learned: Learned = {}): void {
    this.#record = { ...this.#record, ...learned, summary: { ...this.#record.summary, ...summary } };
    this.#tell({ kind: 'summary' });
  }

  async append(row: unknown): Promise<void> {
    await this.#log.append(await spill(row, tensorsFolder(this.folder), `row-${this.#log.rows}.safetensors`));
    this.#record = { ...this.#record, summary: { ...this.summary, rows: this.#log.rows } };
    this.#tell({ kind: 'rows' });
  }

  /** Drops the first row that `isDropped`, and all after it. */
  async dropFrom(isDropped: (row: unknown) => boolean): Promise<void> {
    let [rows, bytes] = [0, 0];
    for await (const { text, end } of linesOf(rowsFile(this.folder), 0, this.#log.bytes)) {
      if (isDropped(JSON.parse(text))) break;
      [rows, bytes] = [rows + 1, end];
    }
    if (rows === this.#log.rows) return;
    await this.#log.cut(rows, bytes);
    await this.#removeTensorsFrom(rows);
    this.#record = { ...this.#record, summary: { ...this.summary, rows } };
    this.#tell({ kind: 'dropped', rows });
  }

  async #removeTensorsFrom(rows: number): Promise<void> {
    const folder = tensorsFolder(this.folder);
    const names = await readdir(folder).catch(() => []);
    const dropped = names.filter((name) => Number(/^row-(\d+)\.safetensors$/.exec(name)?.[1] ?? -1) >= rows);
    await Promise.all(dropped.map((name) => unlink(join(folder, name))));
  }

  /** The stored rows, parsed and no more. */
  async *storedRows(): AsyncGenerator<unknown, void, void> {
    for await (const { text } of linesOf(rowsFile(this.folder), 0, this.#log.bytes)) yield JSON.parse(text);
  }

  /** One after the other: the last one written is the newest. */
  save(): Promise<void> {
    const saved = this.#saving.then(() => this.#write());
    this.#saving = saved.catch(() => undefined);
    return saved;
  }

  async #write(): Promise<void> {
    if (this.#isReleased) return;
    await this.#log.flush();
    await writeRecord(this.folder, { ...this.#record, job: this.#writtenJob });
  }

  /** Others may take the run from here on. */
  async release(): Promise<void> {
    await this.#saving;
    if (this.#isReleased) return;
    this.#isReleased = true;
    await this.#log.close();
    await this.#lock.release();
    this.#tell({ kind: 'summary' });
  }

  /** Returns what ends the listening. */
  listen(listener: (change: RunChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(change: RunChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}

/** The record with its job as it is written. */
type StoredRecord = Omit<RunRecord, 'job'> & { readonly job: unknown };

async function writeRecord(folder: string, record: StoredRecord): Promise<void> {
  const text = `${JSON.stringify(record, null, 2)}\n`;
  await writeAtomically(recordFile(folder), [Buffer.from(text)], { overwrite: true });
}
