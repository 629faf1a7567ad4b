/** A hub on the loopback, with the hub's own addresses and answers, that can be told to misbehave. */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export const commit = 'c0ffee'.padEnd(40, '0');

export interface FakeFile {
  readonly path: string;
  readonly content: Buffer;
  /** Large files carry the SHA-256 of their content, others Git's SHA-1. */
  readonly large?: boolean;
  /** Checksum that is announced, where it is not the right one. */
  readonly announced?: string;
}

export interface Behaviour {
  readonly files: readonly FakeFile[];
  /** Bytes after which a response is cut off, one for each request of a file; undefined: whole. */
  readonly cuts?: (number | undefined)[];
  readonly status?: number;
  readonly pageSize?: number;
  readonly ignoresRange?: boolean;
  /** Where files are served from instead, as by the hub's storage. */
  readonly storage?: () => string;
  readonly token?: string;
}

export interface Asked {
  readonly url: string;
  readonly range: string | undefined;
  readonly authorization: string | undefined;
}

export class FakeHub {
  readonly asked: Asked[] = [];
  readonly #behaviour: Behaviour;
  readonly #server: Server;

  private constructor(behaviour: Behaviour) {
    this.#behaviour = behaviour;
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  static async start(behaviour: Behaviour): Promise<FakeHub> {
    const hub = new FakeHub(behaviour);
    await new Promise<void>((resolve) => hub.#server.listen(0, '127.0.0.1', resolve));
    return hub;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = request.url ?? '';
    const { range, authorization } = request.headers;
    this.asked.push({ url, range, authorization });
    const { status, token } = this.#behaviour;
    if (status !== undefined) return void response.writeHead(status).end('{}');
    if (token !== undefined && authorization !== `Bearer ${token}`) return void response.writeHead(401).end('{}');
    if (url.includes('/revision/')) return sendJson(response, { sha: commit });
    if (url.includes('/tree/')) return this.#list(url, response);
    this.#send(url, range, response);
  }

  #list(url: string, response: ServerResponse): void {
    const { files, pageSize = files.length } = this.#behaviour;
    const from = Number(new URL(url, this.url).searchParams.get('cursor') ?? 0);
    const next = from + pageSize;
    if (next < files.length)
      response.setHeader('link', `<https://elsewhere.example${url.split('&')[0]}&cursor=${next}>; rel="next"`);
    sendJson(response, [{ type: 'directory', path: 'folder' }, ...files.slice(from, next).map(listed)]);
  }

  #send(url: string, range: string | undefined, response: ServerResponse): void {
    const { files, cuts, ignoresRange, storage } = this.#behaviour;
    const path = decodeURIComponent(url.split(`/resolve/${commit}/`)[1] ?? '');
    const file = files.find((one) => one.path === path);
    if (file === undefined) return void response.writeHead(404).end();
    if (storage !== undefined) return void response.writeHead(302, { location: storage() + url }).end();
    const start = ignoresRange === true ? 0 : Number(/bytes=(\d+)-/.exec(range ?? '')?.[1] ?? 0);
    const body = file.content.subarray(start);
    response.writeHead(start > 0 ? 206 : 200, {
      'content-length': body.length,
      ...(start > 0 ? { 'content-range': `bytes ${start}-${file.content.length - 1}/${file.content.length}` } : {}),
    });
    const cut = cuts?.shift();
    if (cut === undefined) response.end(body);
    else response.write(body.subarray(0, cut), () => setTimeout(() => response.destroy(), 20));
  }
}

function sendJson(response: ServerResponse, value: unknown): void {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(value));
}

function listed(file: FakeFile): unknown {
  const { path, content } = file;
  const git = createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
  if (file.large !== true) return { type: 'file', path, size: content.length, oid: file.announced ?? git };
  const oid = file.announced ?? createHash('sha256').update(content).digest('hex');
  return { type: 'file', path, size: content.length, oid: git, lfs: { oid, size: content.length, pointerSize: 130 } };
}
