/**
 * One file from the hub into the cache's blobs. A partial download stays as `<hash>.incomplete` and goes on where it was;
 * the name that the cache knows appears only once length and checksum are right.
 * Our own, because @huggingface/hub 2.17 neither resumes nor checks what it got, reports no progress and can't be stopped.
 */

import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

import { Fault } from '../terms/fault.ts';
import { hubHeaders, reasonOf, refusal, type Hub, type HubFile } from './hubApi.ts';

export interface Download {
  readonly hub: Hub;
  readonly url: string;
  readonly file: HubFile;
  /** Path of the finished blob. */
  readonly blob: string;
  /** Named in a Fault. */
  readonly where: string;
  /** Bytes of this file that are on disk. */
  readonly onBytes: (done: number) => void;
  /** Milliseconds: no byte for `stall` ends an attempt, `pause` is doubled after each attempt that brought nothing. */
  readonly patience: Patience;
}

export interface Patience {
  readonly stall: number;
  readonly pause: number;
  /** Attempts in a row that bring no byte before it is given up. */
  readonly attempts: number;
}

/** The connection broke, or the hub is busy: trying again may help. */
class Broken extends Error {}

/** Fetches the file unless it is there. Fault when it can't be had; what has arrived by then stays for the next time. */
export async function download(request: Download): Promise<void> {
  const partial = `${request.blob}.incomplete`;
  let idle = 0;
  for (;;) {
    const before = await sizeOf(partial);
    const reason = await attempt(request, partial);
    if (reason === null) break;
    request.hub.signal?.throwIfAborted();
    idle = (await sizeOf(partial)) > before ? 0 : idle + 1;
    if (idle >= request.patience.attempts) throw gaveUp(request, reason);
    await delay(request.patience.pause * 2 ** idle, undefined, signalOption(request.hub));
  }
  await checkAndKeep(request, partial);
}

function gaveUp({ where }: Download, reason: string): Fault {
  return new Fault({
    what: `the download keeps breaking off (${reason}); what has arrived is kept, run it again to go on`,
    where,
  });
}

const signalOption = (hub: Hub): { signal?: AbortSignal } => (hub.signal === undefined ? {} : { signal: hub.signal });

/** Null when the file is complete, else why it isn't. */
async function attempt(request: Download, partial: string): Promise<string | null> {
  const stalled = new AbortController();
  const signals = [stalled.signal, ...(request.hub.signal === undefined ? [] : [request.hub.signal])];
  const timer = setTimeout(() => stalled.abort(new Broken('no data arrives')), request.patience.stall);
  try {
    await receive(request, partial, AbortSignal.any(signals), () => timer.refresh());
    return null;
  } catch (error) {
    if (error instanceof Fault) throw error;
    if (isDiskError(error)) throw new Fault({ what: `can't be written (${reasonOf(error)})`, where: partial });
    return stalled.signal.aborted ? 'no data arrives' : reasonOf(error);
  } finally {
    clearTimeout(timer);
  }
}

const diskErrors = new Set([
  'ENOSPC',
  'EDQUOT',
  'EACCES',
  'EPERM',
  'EROFS',
  'EISDIR',
  'ENOTDIR',
  'ENOENT',
  'EIO',
  'EFBIG',
]);

const isDiskError = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && diskErrors.has(String(error.code));

async function receive(request: Download, partial: string, signal: AbortSignal, alive: () => void): Promise<void> {
  const { hub, url, file, onBytes } = request;
  const have = await usablePart(partial, file.size);
  onBytes(have);
  if (have === file.size && file.size > 0) return;
  const range: Record<string, string> = have > 0 ? { range: `bytes=${have}-` } : {};
  const response = await fetch(url, {
    headers: { ...hubHeaders(hub), ...range, 'accept-encoding': 'identity' },
    signal,
  });
  if (!response.ok) await notOk(request, response, partial);
  const start = response.status === 206 ? rangeStart(response) : 0;
  if (start > have) throw new Broken('the hub skips bytes');
  const handle = await open(partial, have > 0 ? 'r+' : 'w');
  try {
    if (have > start) await handle.truncate(start);
    await writeBody(request, response, handle, start, alive);
  } finally {
    await handle.close();
  }
}

async function notOk({ hub, where }: Download, response: Response, partial: string): Promise<never> {
  await response.body?.cancel();
  if (response.status === 416) await rm(partial, { force: true });
  if (response.status === 416 || response.status === 429 || response.status >= 500)
    throw new Broken(`status ${response.status}`);
  throw refusal(response.status, where, hub.token !== undefined);
}

function rangeStart(response: Response): number {
  return Number(/^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '')?.[1] ?? 0);
}

async function writeBody(
  { file, where, onBytes }: Download,
  response: Response,
  handle: FileHandle,
  start: number,
  alive: () => void,
): Promise<void> {
  let at = start;
  for await (const chunk of response.body ?? []) {
    alive();
    if (at + chunk.byteLength > file.size)
      throw new Fault({ what: 'the hub sends more than it announced', where, expected: `${file.size} bytes` });
    await writeWhole(handle, chunk, at);
    at += chunk.byteLength;
    onBytes(at);
  }
  if (at < file.size) throw new Broken(`the connection ended after ${at} of ${file.size} bytes`);
}

async function writeWhole(handle: FileHandle, chunk: Uint8Array, at: number): Promise<void> {
  for (let written = 0; written < chunk.byteLength;) {
    written += (await handle.write(chunk, written, chunk.byteLength - written, at + written)).bytesWritten;
  }
}

/** Length of what has arrived before; more than the whole file can't be a part of it. */
async function usablePart(partial: string, size: number): Promise<number> {
  const have = await sizeOf(partial);
  if (have <= size) return have;
  await rm(partial, { force: true });
  return 0;
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => null))?.size ?? 0;
}

async function checkAndKeep({ file, blob, where, hub }: Download, partial: string): Promise<void> {
  const hash = startedHash(file);
  for await (const chunk of createReadStream(partial, signalOption(hub))) hash.update(chunk as Uint8Array);
  const got = hash.digest('hex');
  if (got === file.hash) return rename(partial, blob);
  await rm(partial, { force: true });
  throw new Fault({ what: 'wrong checksum, so the file was deleted', where, expected: file.hash, got });
}

/** 64 hex digits are the SHA-256 of the content (large files), 40 are Git's SHA-1 of "blob <size>\0" and the content. */
function startedHash(file: HubFile): Hash {
  return file.hash.length === 64 ? createHash('sha256') : createHash('sha1').update(`blob ${file.size}\0`);
}
