/** A WebSocket as a carrier, of a browser or of the package ws: one frame a message. Imports terms only. */
import type { FrameLimits } from './frames.ts';
import { decodeFrame, encodeFrame, usualLimits } from './frames.ts';
import type { Ending, Port } from './protocol.ts';
import { Receiver } from './receiver.ts';

/** An open socket. */
export interface Socket {
  binaryType: string;
  readonly bufferedAmount: number;
  send(bytes: Uint8Array<ArrayBuffer>): void;
  close(code?: number, reason?: string): void;
  addEventListener(name: 'message', listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(name: 'close' | 'error', listener: () => void): void;
}

/** Unsent bytes above which the socket counts as congested. */
const manyBytes = 2 ** 20;
/** Of the WebSocket protocol: what came is not what was agreed on. */
const invalidData = 1007;

/** What is no frame ends the connection: after it nothing that comes can be trusted to be whole. */
export function socketPort<Out>(socket: Socket, limits: FrameLimits = usualLimits): Port<Out, unknown> {
  const receiver = new Receiver();
  socket.binaryType = 'arraybuffer';
  socket.addEventListener('message', ({ data }) => {
    const message = read(data, limits);
    if (message !== null) return receiver.deliver(message.content);
    socket.close(invalidData);
    receiver.end();
  });
  socket.addEventListener('close', () => receiver.end());
  // Every error is followed by `close`; without a listener the package ws would end the process.
  socket.addEventListener('error', () => undefined);
  return {
    congested: () => !receiver.ended && socket.bufferedAmount > manyBytes,
    send(message) {
      if (!receiver.ended) socket.send(encodeFrame(message, limits));
    },
    listen(listener: (message: unknown) => void, ended: (ending: Ending) => void) {
      receiver.listen(listener, ended);
    },
    close() {
      socket.close();
      receiver.end();
    },
  };
}

function read(data: unknown, limits: FrameLimits): { readonly content: unknown } | null {
  if (!(data instanceof ArrayBuffer)) return null;
  try {
    return { content: decodeFrame(new Uint8Array(data), limits) };
  } catch {
    return null;
  }
}
