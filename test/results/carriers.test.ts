/** What every carrier owes: one suite over all of them. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Client } from '../../engine/results/index.ts';
import { Cancelled, connect, Defect, drain } from '../../engine/results/index.ts';
import { eventWindow } from '../../engine/results/protocol.ts';
import type { Edit } from '../../engine/terms/edits.ts';
import { Fault } from '../../engine/terms/fault.ts';
import type { Carrier } from './carriers.ts';
import { canFork, carriers } from './carriers.ts';
import type { Doings } from './carrierService.ts';
import { parts } from './carrierService.ts';

const tokens = (max: number) => ({ model: 'm', prompt: { ids: [1] }, max, temperature: 0, seed: 0 });
const adding = (data: Float32Array): Edit => ({
  site: 'z',
  operation: { kind: 'add', value: { axes: 'D', shape: [data.length], data }, times: 1 },
});

const doings = async (client: Client): Promise<Doings> => JSON.parse((await client.diagnostics({})).text) as Doings;

/** Asks until it is so: the other side may be another process. */
async function until(client: Client, is: (doings: Doings) => boolean): Promise<Doings> {
  for (;;) {
    const now = await doings(client);
    if (is(now)) return now;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

const bits = (data: Float32Array) => [...new Uint32Array(data.buffer, data.byteOffset, data.length)];

describe.each(Object.entries(carriers))('%s', (name, carrier: Carrier) => {
  const skip = name.startsWith('a child') && !canFork;
  const closing: (() => Promise<void>)[] = [];
  afterEach(async () => void (await Promise.all(closing.splice(0).map((close) => close()))));

  async function open() {
    const carried = await carrier();
    closing.push(carried.close);
    return { ...carried, client: connect(carried.port) };
  }

  it.skipIf(skip)('answers polo to marco', async () => {
    const { client } = await open();
    expect(await client.folders({ add: 'marco' })).toEqual({ folders: ['polo'] });
  });

  it.skipIf(skip)('keeps typed arrays bit by bit, there and back', async () => {
    const { client } = await open();
    const data = Float32Array.of(1 / 3, -0, Infinity, 1e-45, ...Array.from({ length: 100_000 }, Math.random));
    const before = bits(data);
    const inside = new Float32Array(10).fill(7).subarray(2, 5);
    const seen: number[][] = [];
    const edits = [adding(data), adding(inside)];
    await drain(client.capture({ model: 'm', prompts: [{ ids: [1] }], sites: ['z'], edits }), (event) => {
      if (event.kind === 'rows') seen.push(bits(event.data));
    });
    expect(seen[0]).toEqual(before);
    expect(seen[1]).toEqual(bits(Float32Array.of(7, 7, 7)));
  });

  it.skipIf(skip)('gives 10,000 events in order', async () => {
    const { client } = await open();
    const ids: number[] = [];
    await drain(client.generate(tokens(10_000)), ({ id }) => void ids.push(id));
    expect(ids).toEqual(Array.from({ length: 10_000 }, (_, id) => id));
  });

  it.skipIf(skip)('brings a Fault with its parts, and a defect with its stack', async () => {
    const { client } = await open();
    const fault: unknown = await client.info({ model: 'a.gguf' }).catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(Fault);
    expect((fault as Fault).parts).toEqual(parts);
    const defect: unknown = await client.families({}).catch((error: unknown) => error);
    expect((defect as Defect).message).toBe('RangeError: a defect');
    expect((defect as Defect).remoteStack).toContain('carrierService');
  });

  it.skipIf(skip)('cancels before the call, and nothing is sent', async () => {
    const { client } = await open();
    await expect(client.generate(tokens(5), { signal: AbortSignal.abort() }).next()).rejects.toThrow(Cancelled);
    expect(await doings(client)).toEqual({ made: 0, ends: [] });
  });

  it.skipIf(skip)('cancels in the same breath as the call', async () => {
    const { client } = await open();
    const controller = new AbortController();
    const call = client.tasks({}, { signal: controller.signal });
    controller.abort();
    await expect(call).rejects.toThrow(Cancelled);
    await until(client, ({ ends }) => ends.includes('tasks aborted'));
  });

  it.skipIf(skip)('cancels while events come', async () => {
    const { client } = await open();
    const controller = new AbortController();
    const reading = drain(client.generate(tokens(1e9), { signal: controller.signal }), ({ id }) => {
      if (id === 500) controller.abort();
    });
    await expect(reading).rejects.toThrow(Cancelled);
    const { made } = await until(client, ({ ends }) => ends.includes('generate aborted'));
    expect(made).toBeLessThanOrEqual(501 + eventWindow);
  });

  it.skipIf(skip)('halts a stream whose reader is slow, and no other call', async () => {
    const { client } = await open();
    const events = client.generate(tokens(1000));
    await events.next();
    await until(client, ({ made }) => made === eventWindow);
    expect(await client.folders({ add: 'marco' })).toEqual({ folders: ['polo'] });
    expect((await doings(client)).made).toBe(eventWindow);
    const rest: number[] = [];
    await drain(events, ({ id }) => void rest.push(id));
    expect([rest.length, rest.at(-1)]).toEqual([999, 999]);
  });

  it.skipIf(skip)('fails its calls when the other side dies, and those after', async () => {
    const { client, kill } = await open();
    const events = client.generate(tokens(1e9));
    await events.next();
    const waiting = client.tasks({}).catch((error: unknown) => error);
    kill();
    await expect(drain(events, () => undefined)).rejects.toThrow('generate: the connection closed');
    expect(await waiting).toEqual(new Defect('tasks: the connection closed before the call ended'));
    await expect(client.folders({})).rejects.toThrow('folders: the connection is closed');
  });

  it.skipIf(skip)('ends for its own side too when it is closed', async () => {
    const { client, port } = await open();
    const waiting = client.tasks({}).catch((error: unknown) => error);
    port.close();
    expect(await waiting).toBeInstanceOf(Defect);
    port.close();
    port.send({ kind: 'cancel', id: 1 });
  });
});
