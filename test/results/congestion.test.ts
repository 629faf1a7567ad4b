/** When a carrier says that it holds too much, and that closing it drops nothing that was sent. */
import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { encodeFrame } from '../../engine/results/frames.ts';
import { socketPort } from '../../engine/results/socketPort.ts';
import { processPort } from '../../engine/service/transports/processPort.ts';

function socket() {
  const target = Object.assign(new EventTarget(), {
    binaryType: 'blob',
    bufferedAmount: 0,
    sent: [] as Uint8Array[],
    closed: [] as (number | undefined)[],
    send: (bytes: Uint8Array) => void target.sent.push(bytes),
    close: (code?: number) => void target.closed.push(code),
  });
  const deliver = (data: unknown) => target.dispatchEvent(Object.assign(new Event('message'), { data }));
  return { target, deliver };
}

type Socket = Parameters<typeof socketPort>[0];

describe('a socket', () => {
  it('is congested while much of what it was given is unsent, and never once it has ended', () => {
    const { target } = socket();
    const port = socketPort(target as unknown as Socket);
    const at = (amount: number) => {
      target.bufferedAmount = amount;
      return port.congested?.();
    };
    expect([at(0), at(2 ** 20), at(2 ** 20 + 1)]).toEqual([false, false, true]);
    port.close();
    expect(at(2 ** 30)).toBe(false);
  });

  it.each([
    ['text', '{}'],
    ['bytes that are no frame', new ArrayBuffer(8)],
    ['a frame larger than agreed', encodeFrame('x'.repeat(100)).buffer],
  ])('is closed by %s, and reads nothing after it', (_, data) => {
    const { target, deliver } = socket();
    const port = socketPort(target as unknown as Socket, { header: 50, payload: 0 });
    const seen: unknown[] = [];
    port.listen(
      (message) => seen.push(message),
      (ending) => seen.push(ending),
    );
    deliver(encodeFrame(1).buffer);
    deliver(data);
    deliver(encodeFrame(2).buffer);
    expect([seen, target.closed]).toEqual([[1, 'closed'], [1007]]);
  });
});

describe('a process', () => {
  function end() {
    const sending: (() => void)[] = [];
    const log: unknown[] = [];
    const emitter = Object.assign(new EventEmitter(), {
      connected: true,
      send: (message: unknown, _handle: undefined, _options: undefined, sent: (error: Error | null) => void) => {
        log.push(message);
        sending.push(() => sent(null));
        return true;
      },
      disconnect: () => void log.push('disconnect'),
    });
    return { emitter, log, write: () => sending.splice(0).forEach((sent) => sent()) };
  }

  it('is congested while many messages are unwritten', () => {
    const { emitter, write } = end();
    const port = processPort(emitter);
    for (let at = 0; at < 64; at++) port.send(at);
    expect(port.congested?.()).toBe(false);
    port.send(64);
    expect(port.congested?.()).toBe(true);
    write();
    expect(port.congested?.()).toBe(false);
  });

  it('that is closed writes what it was given first', () => {
    const { emitter, log, write } = end();
    const port = processPort(emitter);
    port.send('last words');
    port.close();
    port.send('too late');
    expect(log).toEqual(['last words']);
    write();
    expect(log).toEqual(['last words', 'disconnect']);
  });

  it('that nobody forked has no channel', () => {
    const { emitter } = end();
    const { connected, on, disconnect } = emitter;
    expect(() => processPort({ connected, on: on.bind(emitter), disconnect })).toThrow('expected a forked process');
  });
});
