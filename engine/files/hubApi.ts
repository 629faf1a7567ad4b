/** What the hub says about a repository: which commit a revision is, and which files that has. */

import { Fault } from '../terms/fault.ts';
import { isObject } from './readJson.ts';

export interface Hub {
  /** Without a slash at its end. */
  readonly url: string;
  /** Sent to the hub itself only, never to where it redirects. */
  readonly token: string | undefined;
  readonly signal: AbortSignal | undefined;
}

export interface HubFile {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Name of the blob in the cache, and its checksum: SHA-256 of the content, or Git's SHA-1 of the blob. */
  readonly hash: string;
}

const answerLimit = 64 * 1024 * 1024;
const pageLimit = 200;

export function hubHeaders(hub: Hub): Record<string, string> {
  return { 'user-agent': 'headscope', ...(hub.token === undefined ? {} : { authorization: `Bearer ${hub.token}` }) };
}

/** The commit that a branch, tag or commit name stands for. */
export async function commitOf(hub: Hub, repository: string, revision: string): Promise<string> {
  const url = `${hub.url}/api/models/${repository}/revision/${encodeURIComponent(revision)}`;
  const { body } = await answer(hub, url, `${repository}@${revision}`);
  const commit = isObject(body) ? body['sha'] : undefined;
  if (typeof commit === 'string' && /^[0-9a-f]{40}$/.test(commit)) return commit;
  throw new Fault({ what: 'the hub names no commit', where: `${repository}@${revision}`, expected: '40 hex digits' });
}

/** Every file of a commit. Fault when a name would leave the folder it is put into. */
export async function filesOf(hub: Hub, repository: string, commit: string): Promise<readonly HubFile[]> {
  const files: HubFile[] = [];
  let url: string | null = `${hub.url}/api/models/${repository}/tree/${commit}?recursive=true`;
  for (let page = 0; url !== null; page++) {
    if (page === pageLimit)
      throw new Fault({
        what: 'the list of files does not end',
        where: repository,
        expected: `at most ${pageLimit} pages`,
      });
    const { body, next } = await answer(hub, url, repository);
    if (!Array.isArray(body)) throw new Fault({ what: 'the hub sent no list of files', where: repository });
    files.push(
      ...body.filter((entry) => isObject(entry) && entry['type'] === 'file').map((entry) => hubFile(entry, repository)),
    );
    url = next;
  }
  return files;
}

function hubFile(entry: Record<string, unknown>, repository: string): HubFile {
  const { path, lfs } = entry;
  if (typeof path !== 'string' || !isSafePath(path))
    throw new Fault({
      what: 'the hub lists a file whose name is not safe',
      where: repository,
      expected: 'a path within the repository',
      got: JSON.stringify(path),
    });
  const source = isObject(lfs) ? lfs : entry;
  const { oid: hash, size } = source;
  if (
    typeof hash !== 'string' ||
    !/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(hash) ||
    typeof size !== 'number' ||
    !Number.isSafeInteger(size) ||
    size < 0
  )
    throw new Fault({ what: 'the hub gives no checksum or size', where: `${repository}/${path}` });
  return { path, size, hash };
}

/** Relative, without steps upwards, and without what some system reads as a drive, a device or another separator. */
export function isSafePath(path: string): boolean {
  return (
    path.length < 1024 &&
    !/[\\:*?"<>|\u0000-\u001f]/.test(path) &&
    path.split('/').every((part) => part !== '' && part !== '.' && part !== '..')
  );
}

interface Answer {
  readonly body: unknown;
  readonly next: string | null;
}

async function answer(hub: Hub, url: string, where: string): Promise<Answer> {
  const response = await ask(hub, url, where);
  const text = await boundedText(response, where);
  try {
    return { body: JSON.parse(text), next: nextPage(hub, response.headers.get('link')) };
  } catch {
    throw new Fault({ what: 'the hub sent something else than JSON', where, got: text.slice(0, 80) });
  }
}

/** One request; a status that says no is a Fault in plain words. */
async function ask(hub: Hub, url: string, where: string): Promise<Response> {
  const response = await fetch(url, {
    headers: hubHeaders(hub),
    ...(hub.signal === undefined ? {} : { signal: hub.signal }),
  }).catch((error: unknown) => {
    hub.signal?.throwIfAborted();
    throw new Fault({ what: `the hub can't be reached (${reasonOf(error)})`, where: hub.url });
  });
  if (response.ok) return response;
  await response.body?.cancel();
  throw refusal(response.status, where, hub.token !== undefined);
}

export function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}

/** What a status means to someone who wants a model. */
export function refusal(status: number, where: string, hasToken: boolean): Fault {
  if (status === 401 || status === 403)
    return new Fault({
      what: 'the hub asks for permission (a private or gated repository, or none of that name)',
      where,
      expected: hasToken ? 'a token in HF_TOKEN whose owner has been given access' : 'a token in HF_TOKEN',
      got: `status ${status}`,
    });
  if (status === 404)
    return new Fault({ what: 'the hub has no such repository, revision or file', where, got: 'status 404' });
  return new Fault({ what: 'the hub refuses', where, got: `status ${status}` });
}

async function boundedText(response: Response, where: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.byteLength;
    if (length > answerLimit)
      throw new Fault({ what: 'the hub sends too long an answer', where, expected: `at most ${answerLimit} bytes` });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The next page, asked of the same host whatever host the link names. */
function nextPage(hub: Hub, link: string | null): string | null {
  const next = /<([^>]+)>\s*;\s*rel="?next"?/.exec(link ?? '')?.[1];
  if (next === undefined) return null;
  const { pathname, search } = new URL(next, hub.url);
  return new URL(pathname + search, hub.url).href;
}
