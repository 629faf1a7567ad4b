/** Message channels of each kind, and what of a typed array crosses. */
import { EventEmitter } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import type { ChannelOptions } from '../../engine/results/messagePort.ts';
import { messagePort } from '../../engine/results/messagePort.ts';

function joined(options: ChannelOptions = {}) {
  const { port1, port2 } = new MessageChannel();
  return { here: messagePort<unknown>(port1, options), there: messagePort<unknown>(port2, options) };
}

/** The first message that comes. */
const received = (port: ReturnType<typeof messagePort>) =>
  new Promise<unknown>((resolve) => port.listen(resolve, () => undefined));

describe('a message channel', () => {
  it('keeps what comes before anybody listens', async () => {
    const { here, there } = joined();
    here.send({ first: 1 });
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await received(there)).toEqual({ first: 1 });
    here.close();
  });

  it('copies of a buffer only the part that is sent, and keeps the sender whole', async () => {
    const { here, there } = joined();
    const large = Float32Array.from({ length: 1000 }, (_, at) => at);
    here.send({ rows: [{ data: large.subarray(2, 4) }], whole: large });
    const message = (await received(there)) as { rows: [{ data: Float32Array }]; whole: Float32Array };
    expect(message.rows[0].data).toStrictEqual(Float32Array.of(2, 3));
    expect(message.rows[0].data.buffer.byteLength).toBe(8);
    expect([message.whole.length, large.length]).toEqual([1000, 1000]);
    here.close();
  });

  it('gives away what is asked to be given away, and never what a part lies in', async () => {
    const { here, there } = joined({ transfer: true });
    const whole = Uint16Array.of(1, 2, 3);
    const twice = new Int32Array(whole.length);
    const around = Uint32Array.of(1, 2, 3, 4);
    const shared = new Uint8Array(new SharedArrayBuffer(4));
    here.send({ whole, list: [twice, twice], part: around.subarray(1, 2), shared });
    expect(await received(there)).toMatchObject({ whole: Uint16Array.of(1, 2, 3), part: Uint32Array.of(2) });
    expect([whole, twice, around, shared].map(({ length }) => length)).toEqual([0, 0, 4, 4]);
    here.close();
  });

  it('tells the caller of what it cannot carry', () => {
    const { here } = joined();
    expect(() => here.send({ act: () => 1 })).toThrow(/could not be cloned/);
    here.close();
  });

  it('may be an event emitter, as in the main process of Electron', async () => {
    const sent: unknown[] = [];
    const emitter = Object.assign(new EventEmitter(), {
      postMessage: (message: unknown) => void sent.push(message),
      start: () => void emitter.emit('message', { data: 'early', ports: [] }),
      close: () => undefined,
    });
    const port = messagePort<unknown>(emitter);
    const seen: unknown[] = [];
    port.listen(
      (message) => seen.push(message),
      (ending) => seen.push(ending),
    );
    port.send('out');
    emitter.emit('message', { data: 'in', ports: [] });
    emitter.emit('close');
    emitter.emit('message', { data: 'late', ports: [] });
    port.send('late');
    expect([seen, sent]).toEqual([['early', 'in', 'closed'], ['out']]);
  });

  it('that closed before anybody listened says so to whoever does', async () => {
    const { here, there } = joined();
    here.close();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await new Promise((resolve) => there.listen(() => undefined, resolve))).toBe('closed');
  });

  it('ends when a message comes that cannot be read', () => {
    const target = Object.assign(new EventTarget(), { postMessage: () => undefined, close: () => undefined });
    const port = messagePort(target as unknown as Parameters<typeof messagePort>[0]);
    const seen: string[] = [];
    port.listen(
      () => undefined,
      (ending) => seen.push(ending),
    );
    target.dispatchEvent(new Event('messageerror'));
    expect(seen).toEqual(['closed']);
  });
});
