/** The runs of a project: `runs/ID/` in its folder, and `bin/ID/` for those that were thrown away. */
import { lstat, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RequestOf, ResultOf } from '../../results/index.ts';
import type { RunRecord, RunSummary } from '../../results/runs.ts';
import { Fault } from '../../terms/fault.ts';
import { cannotWrite } from '../output.ts';
import { asLeft, readRecord, readSummary, recordFile } from './readRun.ts';
import { Run } from './run.ts';
import { isRunId, newRunId, requireRunId } from './runId.ts';
import { isHeld } from './runLock.ts';
import { requireFolder } from './safeFile.ts';

type Listed = ResultOf<'runs'>;

/** Milliseconds after which a folder that was being made is given up: it takes a few. */
const DRAFT_LIFE = 60_000;

export class RunStore {
  readonly project: string;
  /** Runs that this process is at work on. */
  readonly #owned = new Map<string, Run>();
  /** Summaries by folder, as long as the file is the same. */
  readonly #known = new Map<string, { readonly stamp: string; readonly summary: RunSummary }>();

  #labelling: Promise<unknown> = Promise.resolve();

  private constructor(project: string) {
    this.project = project;
  }

  /** Makes the folders where they are not. Throws Fault where they can't be made. */
  static async open(project: string): Promise<RunStore> {
    const store = new RunStore(project);
    for (const folder of [store.#runs, store.#bin]) {
      await mkdir(folder, { recursive: true }).catch((error: unknown) => {
        throw cannotWrite(folder, error);
      });
      await requireFolder(folder);
    }
    await removeDrafts(store.#runs);
    return store;
  }

  get #runs(): string {
    return join(this.project, 'runs');
  }

  get #bin(): string {
    return join(this.project, 'bin');
  }

  /** A name that neither a run nor a binned one has. */
  async newId(created: Date, call: string, about: string | null): Promise<string> {
    for (;;) {
      const id = newRunId(created, call, about);
      if (!(await isThere(join(this.#runs, id))) && !(await isThere(join(this.#bin, id)))) return id;
    }
  }

  /** A new run on disk, owned by this process. */
  async create(record: RunRecord): Promise<Run> {
    requireRunId(record.summary.id);
    return this.#own(await Run.create(join(this.#runs, record.summary.id), record));
  }

  /** A run that stands still, to go on with. `onRow` is called with each of its rows. Throws Fault where someone is at work on it. */
  async take(id: string, onRow?: (row: unknown) => void): Promise<Run> {
    requireRunId(id);
    if (this.#owned.has(id)) throw new Fault({ what: 'the run goes on', where: id, expected: 'one that stands still' });
    const folder = join(this.#runs, id);
    await this.#requireRun(folder, id);
    return this.#own(await Run.take(folder, onRow));
  }

  /** The run that this process is at work on. */
  owned(id: string): Run | null {
    return this.#owned.get(id) ?? null;
  }

  async release(run: Run): Promise<void> {
    await run.release();
    this.#owned.delete(run.id);
  }

  /** Newest first. What can't be read is listed with the reason. Throws Fault where the project's folder is gone. */
  async list({ binned = false }: RequestOf<'runs'> = {}): Promise<Listed> {
    const folder = binned ? this.#bin : this.#runs;
    const names = (await namesIn(folder)).filter((name) => !name.startsWith('.'));
    const found = await Promise.all(names.map((name) => this.#listed(folder, name)));
    const runs = found.flatMap((one) => ('id' in one ? [one] : []));
    return {
      runs: runs.sort((a, b) => compareText(b.created, a.created) || compareText(b.id, a.id)),
      problems: found.flatMap((one) => ('reason' in one ? [one] : [])),
    };
  }

  async #listed(parent: string, name: string): Promise<RunSummary | Listed['problems'][number]> {
    const folder = join(parent, name);
    try {
      if (!isRunId(name)) throw new Fault({ what: 'not the name of a run' });
      return this.#owned.get(name)?.summary ?? (await asLeft(folder, await this.#summary(folder)));
    } catch (error) {
      return { folder, reason: error instanceof Error ? error.message : String(error) };
    }
  }

  async #summary(folder: string): Promise<RunSummary> {
    const { ino, mtimeMs, size } = await lstat(recordFile(folder)).catch(() => ({ ino: 0, mtimeMs: 0, size: 0 }));
    const stamp = `${ino} ${mtimeMs} ${size}`;
    const known = this.#known.get(folder);
    if (known?.stamp === stamp) return known.summary;
    const summary = await readSummary(folder);
    this.#known.set(folder, { stamp, summary });
    return summary;
  }

  /** The record as it stands, of a binned run too. Throws Fault where there is no such run, or it can't be read. */
  async get(id: string): Promise<{ readonly record: RunRecord; readonly folder: string }> {
    const run = this.owned(id);
    if (run !== null) return { record: run.record, folder: run.folder };
    const folder = await this.#find(id);
    const record = await readRecord(folder);
    return { record: { ...record, summary: await asLeft(folder, record.summary) }, folder };
  }

  /** One at a time: two that come together would find each other at work on the run. */
  label(request: RequestOf<'label'>): Promise<RunSummary> {
    const labelled = this.#labelling.then(() => this.#label(request));
    this.#labelling = labelled.catch(() => undefined);
    return labelled;
  }

  async #label({ run: id, ...words }: RequestOf<'label'>): Promise<RunSummary> {
    const owned = this.owned(id);
    if (owned !== null) return changed(owned, words);
    const run = await Run.take(await this.#find(id));
    try {
      // What its dead process could not say any more is said for it.
      return await changed(run, { ...asLeftUnowned(run), ...words });
    } finally {
      await run.release();
    }
  }

  /** Into the bin, or back. The folder it is in then. Throws Fault while a process is at work on it. */
  async bin(id: string, restore: boolean): Promise<string> {
    requireRunId(id);
    const [from, to] = restore ? [this.#bin, this.#runs] : [this.#runs, this.#bin];
    const [source, target] = [join(from, id), join(to, id)];
    await this.#requireRun(source, id);
    if (this.#owned.has(id) || (await isHeld(source))) {
      throw new Fault({ what: 'the run goes on', where: id, expected: 'one that was cancelled or has ended' });
    }
    if (await isThere(target)) throw new Fault({ what: 'a run of this name is there already', where: target });
    await rename(source, target).catch((error: unknown) => {
      throw cannotWrite(target, error);
    });
    return target;
  }

  async #find(id: string): Promise<string> {
    requireRunId(id);
    const [folder, binned] = [join(this.#runs, id), join(this.#bin, id)];
    const found = !(await isThere(folder)) && (await isThere(binned)) ? binned : folder;
    await this.#requireRun(found, id);
    return found;
  }

  async #requireRun(folder: string, id: string): Promise<void> {
    if (!(await isThere(folder))) throw new Fault({ what: 'no such run', where: this.project, got: id });
    await requireFolder(folder);
  }

  #own(run: Run): Run {
    this.#owned.set(run.id, run);
    return run;
  }
}

async function changed(run: Run, changes: Partial<RunSummary>): Promise<RunSummary> {
  run.change(changes);
  await run.save();
  return run.summary;
}

/** Nobody else has the lock: a state of being at work is a dead process's. */
function asLeftUnowned({ summary }: Run): Partial<RunSummary> {
  const isOver = summary.state === 'done' || summary.state === 'cancelled' || summary.state === 'failed';
  return isOver ? {} : { state: 'interrupted', rate: null, secondsLeft: null };
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: unknown) => {
    const got = error instanceof Error ? error.message : String(error);
    const expected = 'the folder of runs that was there when the project was opened';
    throw new Fault({ what: 'the project cannot be read', where: folder, expected, got });
  });
}

async function isThere(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => null)) !== null;
}

/** What processes left that were killed while they made a run. */
async function removeDrafts(folder: string): Promise<void> {
  const drafts = (await readdir(folder)).filter((name) => /^\..+\.part$/.test(name));
  for (const path of drafts.map((name) => join(folder, name))) {
    const { mtimeMs } = await lstat(path).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > DRAFT_LIFE) await rm(path, { recursive: true, force: true });
  }
}

/** By code points, the same everywhere. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
