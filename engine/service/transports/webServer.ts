/** The workbench in a browser: its files over HTTP, the service over a WebSocket, for whoever has the token. */
import { once } from 'node:events';
import type { IncomingMessage, Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import type { FrameLimits } from '../../results/frames.ts';
import type { ServerPort } from '../../results/protocol.ts';
import { socketPort } from '../../results/socketPort.ts';
import { Fault } from '../../terms/fault.ts';
import { inUrl, isOwnOrigin, ownHosts } from './ownAddresses.ts';
import { guard } from './tokenGate.ts';
import { answerUi } from './uiAnswers.ts';
import { listUiFiles } from './uiFiles.ts';

export interface WebServerOptions {
  /** Address to listen at. Default: this machine only. */
  readonly host?: string;
  /** Default: any that is free. */
  readonly port?: number;
  /** Folder of the built interface. */
  readonly uiFolder: string;
  /** `makeToken`. Never logged; the address carries it in its fragment, which browsers do not send. */
  readonly token: string;
  /** Host headers besides those of this machine, as a browser sends them: `studio.example:8443`. */
  readonly allowedHosts?: readonly string[];
  /** Sockets at a time, known or not. Default: 16. */
  readonly mostSockets?: number;
  /** Milliseconds in which a socket must show the token. Default: 5,000. */
  readonly patience?: number;
  /** A client that has shown the token. */
  onConnection(port: ServerPort): void;
  /** One line about a connection or a refusal. */
  log?(line: string): void;
}

export interface WebServer {
  /** With the token: for its user's eyes only. */
  readonly url: string;
  /** Closes every connection. */
  close(): Promise<void>;
}

/** What a client may send: requests with edits, whose values are tensors of one site. */
const clientLimits: FrameLimits = { header: 2 ** 24, payload: 2 ** 26 };
/** Of all kinds; a page's own few for its files end within seconds. */
const mostConnections = 256;
const servicePath = '/service';

/** Throws Fault where the interface is missing or the address can't be had. */
export async function startWebServer(options: WebServerOptions): Promise<WebServer> {
  const { host = '127.0.0.1', uiFolder, token, allowedHosts = [] } = options;
  const files = await listUiFiles(uiFolder);
  const server = createServer();
  server.maxConnections = mostConnections;
  const port = await listen(server, host, options.port ?? 0);
  const hosts = ownHosts(host, port, allowedHosts);
  server.on('request', (request, response) => {
    answerUi(files, hosts, request, response).catch(() => response.destroy());
  });
  const sockets = acceptSockets(server, hosts, options);
  return {
    url: `http://${inUrl(host)}:${port}/#token=${token}`,
    async close() {
      for (const socket of sockets) socket.terminate();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function listen(server: Server, host: string, port: number): Promise<number> {
  server.listen(port, host);
  await once(server, 'listening').catch((error: unknown) => {
    throw new Fault({ what: 'cannot listen', where: `${inUrl(host)}:${port}`, got: String(error) });
  });
  return (server.address() as AddressInfo).port;
}

function acceptSockets(server: Server, hosts: ReadonlySet<string>, options: WebServerOptions): ReadonlySet<WebSocket> {
  const { token, mostSockets = 16, patience = 5_000, onConnection, log = () => undefined } = options;
  const upgrades = new WebSocketServer({
    noServer: true,
    maxPayload: clientLimits.header + clientLimits.payload,
    perMessageDeflate: false,
  });
  const refused = (why: string) => log(`refused a connection: ${why}`);
  server.on('upgrade', (request: IncomingMessage, raw: Duplex, head: Buffer) => {
    raw.on('error', () => raw.destroy());
    const refusal = upgrades.clients.size >= mostSockets ? tooMany : refusalOf(request, hosts);
    if (refusal !== null) {
      refused(refusal.why);
      return turnAway(raw, refusal);
    }
    upgrades.handleUpgrade(request, raw, head, (socket) => {
      const admitted = () => {
        log('a client has connected');
        onConnection(socketPort(socket, clientLimits));
      };
      guard(socket, raw, { token, patience, refused, admitted });
    });
  });
  return upgrades.clients;
}

interface Refusal {
  readonly status: string;
  readonly why: string;
}

const tooMany: Refusal = { status: '503 Service Unavailable', why: 'too many at a time' };

function refusalOf({ url, headers }: IncomingMessage, hosts: ReadonlySet<string>): Refusal | null {
  const host = headers.host?.toLowerCase() ?? '';
  if (!hosts.has(host)) return { status: '403 Forbidden', why: `to the host ${quoted(headers.host)}` };
  if (!isOwnOrigin(headers.origin, host)) return { status: '403 Forbidden', why: `from ${quoted(headers.origin)}` };
  return url === servicePath ? null : { status: '404 Not Found', why: 'not to the service' };
}

// Whoever asks chooses these: they are kept short, and on one line.
function quoted(header: string | undefined): string {
  return header === undefined ? 'nowhere' : JSON.stringify(header.slice(0, 100));
}

function turnAway(raw: Duplex, { status }: Refusal): void {
  raw.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => raw.destroy());
}
