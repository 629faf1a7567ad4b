/** A run's whole folder as one zip file, with a page that says what is in it. */
import { createHash } from 'node:crypto';
import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { headsVersion } from '../../exports/headsSchema.ts';
import type { RunRecord } from '../../results/runs.ts';
import { Fault } from '../../terms/fault.ts';
import { recordFile, rowsFile, tensorsFolder } from './readRun.ts';
import { openFile, requireFolder } from './safeFile.ts';

/** `limit`: bytes of all files together. Throws Fault where they are more. */
export async function bundle(
  { record, folder }: { readonly record: RunRecord; readonly folder: string },
  heads: string | null,
  limit: number,
): Promise<Uint8Array> {
  const paths = new Map([
    ['run.json', recordFile(folder)],
    ['rows.jsonl', rowsFile(folder)],
    ...(await tensorsIn(folder)),
  ]);
  await requireAtMost(limit, [...paths.values()], folder);
  const entries = new Map<string, Uint8Array>();
  for (const [name, path] of paths) entries.set(name, await contentOf(path));
  if (heads !== null) entries.set('heads.json', new TextEncoder().encode(heads));
  entries.set('README.txt', new TextEncoder().encode(readme(record, entries)));
  return zipSync(Object.fromEntries([...entries].map(([name, data]) => [`${record.summary.id}/${name}`, data])));
}

async function tensorsIn(folder: string): Promise<(readonly [string, string])[]> {
  const tensors = tensorsFolder(folder);
  if ((await lstat(tensors).catch(() => null)) === null) return [];
  await requireFolder(tensors);
  const names = (await readdir(tensors)).filter((name) => /^[a-z]+(-\d+)?\.safetensors$/.test(name));
  return names.toSorted().map((name) => [`tensors/${name}`, join(tensors, name)] as const);
}

async function requireAtMost(limit: number, paths: readonly string[], where: string): Promise<void> {
  const sizes = await Promise.all(paths.map(async (path) => (await lstat(path)).size));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total <= limit) return;
  throw new Fault({ what: 'too large for one file', where, expected: `at most ${limit} bytes`, got: `${total}` });
}

async function contentOf(path: string): Promise<Uint8Array> {
  const handle = await openFile(path);
  try {
    return await readFile(handle);
  } finally {
    await handle.close();
  }
}

function readme({ summary, fingerprint, machine }: RunRecord, entries: ReadonlyMap<string, Uint8Array>): string {
  const { title, call, state, created, model, rows } = summary;
  const files = [...entries].map(([name, data]) => `${sha256(data)}  ${name}\n`);
  return [
    `${title}\n\n`,
    `A run of Headscope ${machine.headscope}: ${call}, begun ${created}, ${state}, ${rows} rows.\n`,
    model === null ? '' : `Model: ${model.name}, fingerprint ${fingerprint ?? 'unknown'}.\n`,
    `Machine: ${machine.cpu}, ${machine.threads} threads, ${machine.os}, ONNX Runtime ${machine.onnxruntime}.\n\n`,
    'run.json      what was asked for, of which model, on which machine, and how it ended\n',
    'rows.jsonl    what came, in order: one JSON object a line\n',
    'tensors/      arrays that rows and request name as {"$tensor": FILE, "name": NAME} (safetensors)\n',
    `heads.json    the effects by head, in the schema head-importance ${headsVersion}, for runs that measure them\n\n`,
    'The folder, put among the runs of a project, is shown there, can be compared, repeated and gone on with.\n\n',
    'SHA-256:\n',
    ...files,
  ].join('');
}

function sha256(data: Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}
