/** A run's folder, read by whoever wants to see it: `run.json`, `rows.jsonl`, `tensors/`. Nothing in it is believed. */
import { basename, join } from 'node:path';
import { isObject, parseJson } from '../../files/readJson.ts';
import type { JobCall, RunRecord, RunRow, RunSummary } from '../../results/runs.ts';
import { runRecord, runRow, runSummary } from '../../results/runs.ts';
import { validate } from '../../results/validate.ts';
import { Fault } from '../../terms/fault.ts';
import { badLine, countLines, linesOf } from './rowLog.ts';
import { isHeld } from './runLock.ts';
import { readBounded, requireFolder } from './safeFile.ts';
import { restore } from './spill.ts';

/** A record holds its request, and that may hold files of prompts. */
const LARGEST_RECORD = 256 * 2 ** 20;

export const recordFile = (folder: string) => join(folder, 'run.json');
export const rowsFile = (folder: string) => join(folder, 'rows.jsonl');
export const tensorsFolder = (folder: string) => join(folder, 'tensors');

/** What run.json says. Throws Fault where it is not there, of another version, or not as declared. */
export async function readRecord(folder: string): Promise<RunRecord> {
  const stored = await readStored(folder);
  const job = await restore(stored['job'], tensorsFolder(folder));
  const record = validate(runRecord, { ...stored, job }, recordFile(folder));
  requireOwnName(folder, record.summary);
  return record;
}

/** The summary alone, as far as it goes: the state of a run whose process died is still `running`. */
export async function readSummary(folder: string): Promise<RunSummary> {
  const summary = validate(runSummary, (await readStored(folder))['summary'], `${recordFile(folder)}: summary`);
  requireOwnName(folder, summary);
  return summary;
}

/** Does the run wait or work, as long as its process lives? */
export function isActive({ state }: Pick<RunSummary, 'state'>): boolean {
  return state === 'queued' || state === 'waiting' || state === 'running' || state === 'paused';
}

/** With `interrupted` instead of a state that its process did not live to change. */
export async function asLeft(folder: string, summary: RunSummary): Promise<RunSummary> {
  if (!isActive(summary) || (await isHeld(folder))) return summary;
  const rows = await countLines(rowsFile(folder)).catch(() => 0);
  return { ...summary, state: 'interrupted', rows, rate: null, secondsLeft: null };
}

/** One logged event as the contract declares it, its arrays read back. */
export async function readRow(folder: string, call: JobCall, text: string, index: number): Promise<RunRow> {
  const event = await restore(parsedRow(text, folder, index), tensorsFolder(folder));
  return validate(runRow, { call, event }, `${rowsFile(folder)}, line ${index + 1}`);
}

/** Every row up to byte `to`. */
export async function* readRows(folder: string, call: JobCall, to = Infinity): AsyncGenerator<RunRow, void, void> {
  let index = 0;
  for await (const { text } of linesOf(rowsFile(folder), 0, to)) yield readRow(folder, call, text, index++);
}

async function readStored(folder: string): Promise<Record<string, unknown>> {
  await requireFolder(folder);
  const file = recordFile(folder);
  const value = parseJson(await readBounded(file, LARGEST_RECORD), file);
  if (!isObject(value)) throw new Fault({ what: 'not the record of a run', where: file, expected: '{...}' });
  if (value['version'] !== 1) {
    const got = String(value['version']).slice(0, 20);
    throw new Fault({ what: 'version of the record', where: file, expected: '1', got });
  }
  return value;
}

function requireOwnName(folder: string, { id }: RunSummary): void {
  if (id === basename(folder)) return;
  throw new Fault({ what: 'the record is of another run', where: folder, expected: basename(folder), got: id });
}

export function parsedRow(text: string, folder: string, index: number): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badLine(rowsFile(folder), index, text);
  }
}
