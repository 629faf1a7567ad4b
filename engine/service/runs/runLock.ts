/**
 * Which process may write to a run. The lock is the highest numbered of the files `owner.N.json` in its folder: they are only
 * ever added with a higher number, each by one process alone, so that of several that find a dead owner one takes its place.
 */
import { randomUUID } from 'node:crypto';
import { constants, readFileSync } from 'node:fs';
import { copyFile, link, readdir, unlink, writeFile } from 'node:fs/promises';
import { hostname, uptime } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { Fault } from '../../terms/fault.ts';
import { codeOf } from '../output.ts';
import { readBounded } from './safeFile.ts';

const owner = z.strictObject({
  host: z.string(),
  pid: z.int().min(1),
  /** When the process began, as the system tells it; null where it does not. */
  started: z.string().nullable(),
  /** When the machine was switched on, in seconds: process ids begin anew with it. */
  boot: z.number(),
  released: z.boolean(),
});
type Owner = z.infer<typeof owner>;

/** Seconds by which the time of the machine's start, counted back from now, may differ. */
const BOOT_TOLERANCE = 120;

const place = (folder: string, turn: number) => join(folder, `owner.${turn}.json`);

export class RunLock {
  readonly #folder: string;
  readonly #turn: number;

  private constructor(folder: string, turn: number) {
    this.#folder = folder;
    this.#turn = turn;
  }

  /** Throws Fault where a living process has it. */
  static async take(folder: string): Promise<RunLock> {
    const { last, holder } = await lastOwner(folder);
    if (holder !== null && isAlive(holder)) throw heldBy(folder, holder);
    if (!(await claim(folder, last + 1))) throw heldBy(folder, null);
    const lock = new RunLock(folder, last + 1);
    await removeTurns(folder, (turn) => turn <= last);
    return lock;
  }

  /** The file stays, so that its number is not given again. */
  async release(): Promise<void> {
    await writeFile(place(this.#folder, this.#turn), JSON.stringify(self(true)));
  }
}

/** Does a living process hold the run? */
export async function isHeld(folder: string): Promise<boolean> {
  const { holder } = await lastOwner(folder);
  return holder !== null && isAlive(holder);
}

async function lastOwner(folder: string): Promise<{ last: number; holder: Owner | null }> {
  const last = Math.max(0, ...(await turnsIn(folder)));
  if (last === 0) return { last, holder: null };
  // What can't be read was written by nobody who lives.
  const text = await readBounded(place(folder, last), 4096).catch(() => '');
  return { last, holder: parsed(text) };
}

function parsed(text: string): Owner | null {
  try {
    return owner.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** A file appears with its text in it, or it was there already: then false. */
async function claim(folder: string, turn: number): Promise<boolean> {
  const draft = join(folder, `.owner.${randomUUID()}.part`);
  try {
    await writeFile(draft, JSON.stringify(self(false)), { flag: 'wx' });
    await linkOrCopy(draft, place(folder, turn));
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await unlink(draft).catch(() => undefined);
  }
}

async function linkOrCopy(from: string, to: string): Promise<void> {
  await link(from, to).catch(async (error: unknown) => {
    if (codeOf(error) === 'EEXIST') throw error;
    // A disk without hard links.
    await copyFile(from, to, constants.COPYFILE_EXCL);
  });
}

async function removeTurns(folder: string, which: (turn: number) => boolean): Promise<void> {
  const old = (await turnsIn(folder)).filter(which);
  await Promise.all(old.map((turn) => unlink(place(folder, turn)).catch(() => undefined)));
}

async function turnsIn(folder: string): Promise<number[]> {
  const names = await readdir(folder);
  return names.flatMap((name) => {
    const turn = /^owner\.(\d{1,9})\.json$/.exec(name)?.[1];
    return turn === undefined ? [] : [Number(turn)];
  });
}

function self(released: boolean): Owner {
  return { host: hostname(), pid: process.pid, started: processStart(process.pid), boot: bootTime(), released };
}

/** Of a process on another machine nothing is known: it counts as alive. */
function isAlive({ host, pid, started, boot, released }: Owner): boolean {
  if (released) return false;
  if (host !== hostname()) return true;
  if (!answers(pid)) return false;
  const now = processStart(pid);
  return started === null || now === null ? Math.abs(boot - bootTime()) < BOOT_TOLERANCE : now === started;
}

function bootTime(): number {
  return Math.round(Date.now() / 1000 - uptime());
}

function answers(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/** Clock ticks from the machine's start to the process's, where Linux says it: tells a process from a later one of the same id. */
function processStart(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in brackets, may hold spaces and brackets. The start is field 22; the first after the name is field 3.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // One that has ended keeps its id until its parent has heard of it.
    return fields[0] === 'Z' ? 'ended' : (fields[19] ?? null);
  } catch {
    return null;
  }
}

function heldBy(folder: string, holder: Owner | null): Fault {
  const got = holder === null ? 'another process' : `process ${holder.pid} on ${holder.host}`;
  return new Fault({ what: 'another process is at work on this run', where: folder, got });
}
