/** Every carrier, joined to the same service. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { MessageChannel } from 'node:worker_threads';
import { WebSocket, WebSocketServer } from 'ws';
import type { ChannelOptions } from '../../engine/results/messagePort.ts';
import { messagePort } from '../../engine/results/messagePort.ts';
import { pair, serve } from '../../engine/results/index.ts';
import type { ClientPort } from '../../engine/results/protocol.ts';
import { socketPort } from '../../engine/results/socketPort.ts';
import { processPort } from '../../engine/service/transports/processPort.ts';
import { carrierService } from './carrierService.ts';

interface Carried {
  readonly port: ClientPort;
  /** The service's side goes without a word. */
  kill(): void;
  /** Frees what is left. */
  close(): Promise<void>;
}

export type Carrier = () => Promise<Carried>;

const child = fileURLToPath(new URL('../../dist/test/results/carrierChild.js', import.meta.url));
/** The child is compiled by `npm run types`. */
export const canFork = existsSync(child);

async function memory(): Promise<Carried> {
  const { client, server } = pair();
  serve(carrierService(), server);
  return { port: client, kill: () => server.close(), close: async () => server.close() };
}

async function channel(options: ChannelOptions): Promise<Carried> {
  const { port1, port2 } = new MessageChannel();
  serve(carrierService(), messagePort(port2, options));
  const end = async () => port2.close();
  return { port: messagePort(port1, options), kill: () => void port2.close(), close: end };
}

async function socket(): Promise<Carried> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  server.on('connection', (peer) => serve(carrierService(), socketPort(peer)));
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  await once(client, 'open');
  const kill = () => server.clients.forEach((peer) => peer.terminate());
  const close = async () => {
    kill();
    await new Promise((resolve) => server.close(resolve));
  };
  return { port: socketPort(client), kill, close };
}

async function forked(): Promise<Carried> {
  const peer = fork(child, [], { serialization: 'advanced', execArgv: [] });
  const gone = once(peer, 'exit');
  const kill = () => void peer.kill('SIGKILL');
  const close = async () => {
    kill();
    await gone;
  };
  return { port: processPort(peer), kill, close };
}

export const carriers: Readonly<Record<string, Carrier>> = {
  'a pair in memory': memory,
  'a message channel': () => channel({}),
  'a message channel that transfers': () => channel({ transfer: true }),
  'a WebSocket': socket,
  'a child process (needs npm run types)': forked,
};
