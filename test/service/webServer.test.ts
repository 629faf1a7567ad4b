/** The web server gives its own files and, to whoever has the token, the service: nothing to anybody else. */
import { once } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';
import { request as ask } from 'node:http';
import { connect as dial } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { connect } from '../../engine/results/index.ts';
import { socketPort } from '../../engine/results/socketPort.ts';
import { isToken, makeToken } from '../../engine/service/transports/makeToken.ts';
import { startWebServer } from '../../engine/service/transports/webServer.ts';
import { Fault } from '../../engine/terms/fault.ts';
import { root, start, token } from './servedUi.ts';

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** The path goes as it is, unlike in `fetch`, which tidies it. */
function get(port: number, path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = ask({ host: '127.0.0.1', port, path, method, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, text }));
    });
    request.on('error', reject).end();
  });
}

/** What the server says to bytes that no client of ours would send. */
async function raw(port: number, text: string): Promise<string> {
  const socket = dial(port, '127.0.0.1');
  let answer = '';
  socket.setEncoding('utf8').on('data', (part: string) => (answer += part));
  socket.write(text);
  await once(socket, 'close');
  return answer;
}

const open = (address: string, options: { origin?: string; headers?: Record<string, string> } = {}) =>
  new WebSocket(address, options);

/** The HTTP status with which an upgrade was refused, or `open`. */
function upgrade(host: string, options: Parameters<typeof open>[1], path = '/service'): Promise<string> {
  const socket = open(`ws://${host}${path}`, options);
  return new Promise((resolve) => {
    socket.on('open', () => {
      resolve('open');
      socket.terminate();
    });
    socket.on('error', (error) => resolve(/\d{3}/.exec(error.message)?.[0] ?? error.message));
  });
}

async function closeCode(socket: WebSocket): Promise<number> {
  socket.on('error', () => undefined);
  const [code] = (await once(socket, 'close')) as [number];
  return code;
}

describe('the files', () => {
  it('are given with their types, under headers that allow a page nothing else', async () => {
    const { port, host } = await start();
    const index = await get(port, '/');
    expect(index).toMatchObject({ status: 200, text: expect.stringContaining('<title>Headscope') as string });
    expect(index.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-cache',
    });
    const policy = index.headers['content-security-policy'];
    expect(policy).toContain("default-src 'none'; script-src 'self';");
    expect(policy).toContain(`connect-src 'self' ws://${host} wss://${host};`);
    expect(index.headers).not.toHaveProperty('access-control-allow-origin');
    const script = await get(port, '/assets/main-1a2b.js?x=1');
    expect(script.headers['content-type']).toBe('text/javascript; charset=utf-8');
    expect(script.headers['cache-control']).toContain('immutable');
    expect((await get(port, '/assets/two%20words.css')).status).toBe(200);
  });

  it('are headers only for HEAD, and nothing for another method', async () => {
    const { port } = await start();
    const head = await get(port, '/index.html', {}, 'HEAD');
    expect([head.status, head.text, head.headers['content-length']]).toEqual([200, '', '39']);
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'PATCH']) {
      const { status, headers } = await get(port, '/index.html', {}, method);
      expect([method, status, headers['allow']]).toEqual([method, 405, 'GET, HEAD']);
    }
  });

  it.each([
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e%2fsecret.txt',
    '/..%5csecret.txt',
    '/..\\secret.txt',
    '/%252e%252e/secret.txt',
    '/up/secret.txt',
    '/link.txt',
    '/.env',
    '/index.html%00',
    '/index.html%00.js',
    '/%',
    '/%ff%fe',
    '//index.html',
    '/./index.html',
    '/index.html/',
    '/assets',
    '/assets/',
    '/__proto__',
    '/constructor',
    join(root, 'secret.txt'),
    `//${join(root, 'secret.txt')}`,
    'file:///etc/passwd',
    `http://elsewhere.example/index.html`,
  ])('are none other than those of the folder: %s', async (path) => {
    const { port } = await start();
    const { status, text, headers } = await get(port, path);
    expect([status, text]).toEqual([404, 'There is no such file.\n']);
    expect(headers['x-content-type-options']).toBe('nosniff');
  });

  it('are given to nobody who calls this machine by another name', async () => {
    const { port } = await start({ allowedHosts: ['Studio.example:8443'] });
    const status = async (host: string) => (await get(port, '/', { host })).status;
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `LOCALHOST:${port}`, `[::1]:${port}`]) {
      expect([host, await status(host)]).toEqual([host, 200]);
    }
    expect(await status('studio.example:8443')).toBe(200);
    const strangers = [
      'evil.example',
      `evil.example:${port}`,
      '127.0.0.1',
      'localhost',
      '127.0.0.1:1',
      'studio.example',
    ];
    for (const host of strangers) expect([host, await status(host)]).toEqual([host, 403]);
    expect(await raw(port, 'GET / HTTP/1.0\r\n\r\n')).toContain(' 403 ');
  });

  it('must be there', async () => {
    const missing = startWebServer({ uiFolder: join(root, 'none'), token, onConnection: () => undefined });
    await expect(missing).rejects.toThrow(/none: no interface there: expected index.html/);
    const { port } = await start();
    await expect(start({ port })).rejects.toThrow(Fault);
  });
});

describe('the socket', () => {
  it('is for pages of this server only', async () => {
    const { host, port, log } = await start({ allowedHosts: ['studio.example:8443'] });
    expect(await upgrade(host, { origin: `http://${host}` })).toBe('open');
    const others = [
      'http://evil.example',
      `http://localhost:${port}`,
      'http://127.0.0.1',
      `http://${host}/`,
      'null',
      '',
    ];
    for (const origin of others) expect([origin, await upgrade(host, { origin })]).toEqual([origin, '403']);
    expect(await upgrade(host, {})).toBe('403');
    const proxied = { headers: { host: 'studio.example:8443' }, origin: 'https://studio.example:8443' };
    expect(await upgrade(host, proxied)).toBe('open');
    expect(log).toContain('refused a connection: from "http://evil.example"');
  });

  it('is for those who call this machine by its own name', async () => {
    const { host, log } = await start();
    const rebound = { headers: { host: 'evil.example' }, origin: 'http://evil.example' };
    expect(await upgrade(host, rebound)).toBe('403');
    expect(log).toEqual(['refused a connection: to the host "evil.example"']);
  });

  it('is at one path', async () => {
    const { host } = await start();
    for (const path of ['/', '/service/', '/service?x', '/Service', '/other']) {
      expect([path, await upgrade(host, { origin: `http://${host}` }, path)]).toEqual([path, '404']);
    }
  });

  it('closes with 4401 on another token, on bytes, and on none in time', async () => {
    const connected: unknown[] = [];
    const { host, log } = await start({ patience: 50, onConnection: (port) => connected.push(port) });
    const first = async (message: string | Uint8Array | null) => {
      const socket = open(`ws://${host}/service`, { origin: `http://${host}` });
      socket.on('open', () => message !== null && socket.send(message));
      return closeCode(socket);
    };
    for (const message of [makeToken(), '', `${token} `, token.slice(1), Buffer.from(token), null]) {
      expect([message, await first(message)]).toEqual([message, 4401]);
    }
    expect(connected).toEqual([]);
    expect(log.join('\n')).not.toContain(token.slice(1));
  });

  it('ends at once when more comes than a token, in one message or in many', async () => {
    const { host, log } = await start({ onConnection: () => expect.unreachable() });
    for (const [size, times] of [
      [10_000_000, 1],
      [100, 100],
    ] as const) {
      const socket = open(`ws://${host}/service`, { origin: `http://${host}` });
      // Fragments of one message that never ends.
      socket.on('open', () => {
        for (let at = 0; at < times; at++) socket.send('x'.repeat(size), { fin: times === 1 });
      });
      expect(await closeCode(socket)).toBe(1006);
    }
    expect(log).toEqual(Array.from({ length: 2 }, () => 'refused a connection: too much before the token'));
  });

  it('ends on a message that is no frame, and the server goes on', async () => {
    const { host } = await start();
    const socket = open(`ws://${host}/service`, { origin: `http://${host}` });
    await once(socket, 'open');
    socket.send(token);
    await once(socket, 'message');
    socket.send('{"kind": "call"}');
    expect(await closeCode(socket)).toBe(1007);
    expect(await upgrade(host, { origin: `http://${host}` })).toBe('open');
  });

  it('is refused to more than there may be at a time', async () => {
    const { host } = await start({ mostSockets: 2 });
    const origin = `http://${host}`;
    const sockets = [open(`ws://${host}/service`, { origin }), open(`ws://${host}/service`, { origin })];
    await Promise.all(sockets.map((socket) => once(socket, 'open')));
    expect(await upgrade(host, { origin })).toBe('503');
    sockets.forEach((socket) => socket.terminate());
    await expect.poll(() => upgrade(host, { origin })).toBe('open');
  });

  it('need not be a browser, as long as it names the page', async () => {
    const { host } = await start();
    const socket = open(`ws://${host}/service`, { origin: `http://${host}` });
    await once(socket, 'open');
    socket.send(token);
    expect(String((await once(socket, 'message'))[0])).toBe('ready');
    expect(await connect(socketPort(socket)).folders({ add: 'marco' })).toEqual({ folders: ['polo'] });
  });
});

describe('a token', () => {
  it('is 32 random bytes, and no other is it', () => {
    expect(makeToken()).toMatch(/^[\w-]{43}$/);
    expect(makeToken()).not.toBe(makeToken());
    expect([isToken(token, token), isToken('', token), isToken(token.slice(1), token)]).toEqual([true, false, false]);
  });
});
