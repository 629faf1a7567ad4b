/**
 * A message channel as a carrier: a browser's MessagePort, Electron's MessagePort and MessagePortMain, a MessagePort of
 * Node's workers. Typed arrays cross by structured clone. Not every browser says when the other end is gone: a heartbeat
 * finds out. Imports terms only.
 */
import type { Ending, Port } from './protocol.ts';
import { Receiver } from './receiver.ts';
import type { TypedArray } from './typedArrays.ts';
import { ownsBuffer } from './typedArrays.ts';

type Listener = (event: { readonly data: unknown }) => void;

/** One end of a channel. Those that are event targets and those that are event emitters both give `{data}`. */
export type ChannelEnd = {
  postMessage(message: unknown, transfer?: readonly ArrayBuffer[]): void;
  start?(): void;
  close(): void;
} & (
  | { addEventListener(name: 'message' | 'messageerror' | 'close', listener: Listener): void }
  | { on(name: 'message' | 'close', listener: Listener): unknown }
);

export interface ChannelOptions {
  /**
   * Give typed arrays away where nothing else is in their buffers: no copy is made, and the sender's are empty afterwards.
   * Only where no sender keeps what it sends, and not in Electron's main and utility processes, which transfer ports only.
   */
  readonly transfer?: boolean;
}

export function messagePort<Out>(channel: ChannelEnd, { transfer = false }: ChannelOptions = {}): Port<Out, unknown> {
  const receiver = new Receiver();
  const end = () => receiver.end();
  on(channel, 'close', end);
  const close = () => {
    channel.close();
    end();
  };
  return {
    close,
    send(message) {
      if (!receiver.ended) post(channel, message, transfer);
    },
    listen(listener: (message: unknown) => void, ended: (ending: Ending) => void) {
      receiver.listen(listener, ended);
      on(channel, 'message', ({ data }) => receiver.deliver(data));
      // A message that can't be read leaves a call waiting for ever: no message is better than one less.
      on(channel, 'messageerror', close);
      channel.start?.();
    },
  };
}

function on(channel: ChannelEnd, name: 'message' | 'messageerror' | 'close', listener: Listener): void {
  if ('addEventListener' in channel) channel.addEventListener(name, listener);
  else if (name !== 'messageerror') channel.on(name, listener);
}

function post(channel: ChannelEnd, message: unknown, transfer: boolean): void {
  const compact = withoutSurroundings(message);
  if (!transfer) return channel.postMessage(compact);
  const buffers = new Set(typedArraysIn(compact).map(({ buffer }) => buffer));
  channel.postMessage(
    compact,
    [...buffers].filter((buffer) => buffer instanceof ArrayBuffer),
  );
}

// A structured clone of a view copies the whole buffer under it: a view of a part is cut out before.
function withoutSurroundings(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (ArrayBuffer.isView(value)) return ownsBuffer(value) ? value : (value as TypedArray).slice();
  if (Array.isArray(value)) return mapped(value);
  const entries = Object.entries(value);
  const parts = entries.map(([, part]: [string, unknown]) => part);
  const compact = mapped(parts);
  return compact === parts ? value : Object.fromEntries(entries.map(([key], at) => [key, compact[at]]));
}

/** The list itself where nothing in it changes, which is the usual case. */
function mapped(parts: readonly unknown[]): readonly unknown[] {
  const compact = parts.map(withoutSurroundings);
  return compact.every((part, at) => Object.is(part, parts[at])) ? parts : compact;
}

function typedArraysIn(value: unknown): readonly ArrayBufferView[] {
  if (typeof value !== 'object' || value === null) return [];
  if (ArrayBuffer.isView(value)) return [value];
  return Object.values(value).flatMap(typedArraysIn);
}
