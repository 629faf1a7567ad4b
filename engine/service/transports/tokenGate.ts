/** The first message of a socket must be the token; until then nothing it sends is kept. */
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { isToken } from './makeToken.ts';

/** What the client is told when it has shown the token. */
const welcome = 'ready';
/** Close code: no token, or another one. */
const unauthorized = 4401;
/** Bytes that a client may send before it is known: a token and its frame are far smaller. */
const mostBytes = 1024;

export interface Gate {
  readonly token: string;
  /** Milliseconds in which the token must come. */
  readonly patience: number;
  admitted(): void;
  refused(why: string): void;
}

/** `raw` is the stream under the socket. */
export function guard(socket: WebSocket, raw: Duplex, { token, patience, admitted, refused }: Gate): void {
  let bytes = 0;
  const count = (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= mostBytes) return;
    done();
    refused('too much before the token');
    socket.terminate();
  };
  const done = () => {
    clearTimeout(timer);
    raw.off('data', count);
    socket.off('message', first);
  };
  const turnAway = (why: string) => {
    done();
    refused(why);
    socket.close(unauthorized, why);
  };
  const first = (data: WebSocket.RawData, isBinary: boolean) => {
    if (isBinary || !isToken(String(data), token)) return turnAway('wrong token');
    done();
    socket.send(welcome);
    admitted();
  };
  const timer = setTimeout(() => turnAway('no token'), patience);
  raw.on('data', count);
  socket.on('message', first);
  socket.on('close', done);
  // `close` follows; without a listener the process would end.
  socket.on('error', () => undefined);
}
